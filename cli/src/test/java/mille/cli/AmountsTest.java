package mille.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountsTest {
    @ParameterizedTest
    @CsvSource({"0,0B", "999,999B", "1000,1kB", "4261502,4.26MB", "77800000,77.8MB", "1234567890123,1.23TB"})
    void sizesHaveThreeDigitsAndADecimalUnit(long bytes, String expected) {
        assertEquals(expected, Amounts.size(bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "0,0ns",
        "999,999ns",
        "1000,1us",
        "12345,12.3us",
        "9999999,10ms",
        "61000000000,61s",
        "7200000000000,7200s"
    })
    void momentsHaveThreeDigitsAndAUnit(long nanos, String expected) {
        assertEquals(expected, Amounts.time(nanos));
    }

    @ParameterizedTest
    @CsvSource({
        "0,Less than a second",
        "1,1 second",
        "59,59 seconds",
        "60,About a minute",
        "119,About a minute",
        "120,2 minutes",
        "3600,About an hour",
        "7200,2 hours",
        "172800,2 days",
        "1209600,2 weeks",
        "5184000,2 months",
        "63072000,2 years",
        "-5,Less than a second"
    })
    void durationsAreSaidInOneUnit(long seconds, String expected) {
        Instant now = Instant.parse("2030-01-01T00:00:00Z");
        assertEquals(expected + " ago", Amounts.ago(now.minus(Duration.ofSeconds(seconds)), now));
    }
}
