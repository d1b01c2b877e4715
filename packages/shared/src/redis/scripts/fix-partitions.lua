-- Fixes the number of partitions and the layout of the data at the first start.
--
-- KEYS[1] here is the key itself.  ARGV  partitions, layout version
-- Returns {partitions, layout} that are in force.
redis.call('HSETNX', KEYS[1], 'partitions', ARGV[1])
redis.call('HSETNX', KEYS[1], 'layout', ARGV[2])
return redis.call('HMGET', KEYS[1], 'partitions', 'layout')
