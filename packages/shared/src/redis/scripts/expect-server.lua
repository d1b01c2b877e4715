-- Notes that a server is expected to report for the first time.
--
-- ARGV  server, ms within which, how many servers this partition may hold
-- Returns 1, 0 when it has reported already, or -1 when it is a new name and the partition is full.
local name, within, most_servers = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local server = key('server:' .. name)
if redis.call('HEXISTS', server, 'receivedAt') == 1 then return 0 end
if redis.call('ZCARD', key('servers')) >= most_servers and not redis.call('ZSCORE', key('servers'), name) then
  return -1
end
local now = wall_clock()
local clock = redis.call('HMGET', key('clock'), 'observed', 'settleUntil')
local settling = math.max(0, tonumber(clock[2] or '0') - now)
local deadline = tonumber(clock[1] or '0') + within
redis.call('ZADD', key('servers'), 0, name)
redis.call('SADD', key('unknown'), name)
redis.call('ZADD', key('deadlines'), digits(deadline), name)
local generation = redis.call('HGET', key('generations'), name) or '0'
redis.call('HSET', server, 'expectedAt', now, 'expectedWithin', within, 'due', digits(deadline), 'dueAt',
  digits(now + settling + within), 'generation', generation, 'silent', '0')
redis.call('HINCRBY', server, 'revision', 1)
redis.call('ZADD', key('changed'), now, name)
announce('server', name)
redis.call('PUBLISH', key('wake'), '')
return 1
