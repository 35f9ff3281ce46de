# Sourced by ./mille and ./bench; bash. What every JVM runs with that serves mounts, and those that measure what is inside of it.

# Compiles as a mount does: quickly, without a thought of which objects need not be made; and what a mount runs, twice as soon as usual: its
# first second counts (docs/performance.md).
jvm_options=(-XX:+UseSerialGC -XX:TieredStopAtLevel=1
  -XX:Tier3InvocationThreshold=100 -XX:Tier3MinInvocationThreshold=50 -XX:Tier3CompileThreshold=500
  -XX:Tier3BackEdgeThreshold=10000 -XX:Tier0InvokeNotifyFreqLog=5 -XX:Tier0BackedgeNotifyFreqLog=8)

# A method handle that is called often gets a class of its own after 127 calls: no gain where the compiler knows the handle, and 20 ms of the
# first second.
jvm_options+=(-Djava.lang.invoke.MethodHandle.CUSTOMIZE_THRESHOLD=-1)

# Memory is taken as it is needed, not as the machine has it, and given back by the next full collection.
jvm_options+=(-Xms24m -Xmn16m -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -XX:-ShrinkHeapInSteps)

# What mille.linux needs of the JDK's inside (docs/adr/0012 and 0014); SQLite is native code.
jdk_access=(--enable-native-access=ALL-UNNAMED
  --add-exports=java.base/jdk.internal.access=ALL-UNNAMED
  --add-exports=java.base/jdk.internal.foreign.abi=ALL-UNNAMED
  --add-exports=java.base/jdk.internal.foreign.abi.x64=ALL-UNNAMED
  --add-exports=java.base/jdk.internal.loader=ALL-UNNAMED
  --add-exports=java.base/jdk.internal.misc=ALL-UNNAMED)
jvm_options+=("${jdk_access[@]}")
