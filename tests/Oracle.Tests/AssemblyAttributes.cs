// All tests share one device, which one thread at a time may use; libtorch takes every core anyway.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
