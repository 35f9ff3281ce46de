package mille.cli;

/** How a listing is printed. */
enum OutputFormat {
    TABLE,
    /** One object a line, with the members that Docker gives it. */
    JSON
}
