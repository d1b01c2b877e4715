-- Marks the next chunk of servers as changed, when the thresholds in force differ from the leader's.
--
-- ARGV  epoch, thresholds (JSON), servers a chunk
-- Returns 1 while there is more to mark, 0 when done, -1 when the epoch is not current.
if not leads(ARGV[1]) then return -1 end
local thresholds, chunk = ARGV[2], tonumber(ARGV[3])
if redis.call('GET', key('thresholds')) == thresholds then return 0 end
local progress = redis.call('HMGET', key('judging-all'), 'thresholds', 'after')
local after = progress[1] == thresholds and progress[2] or ''
local names = redis.call('ZRANGEBYLEX', key('servers'), after == '' and '-' or '(' .. after, '+', 'LIMIT', 0, chunk)
local now = wall_clock()
for _, name in ipairs(names) do redis.call('ZADD', key('changed'), 'NX', now, name) end
if #names < chunk then
  redis.call('SET', key('thresholds'), thresholds)
  redis.call('DEL', key('judging-all'))
  return 0
end
redis.call('HSET', key('judging-all'), 'thresholds', thresholds, 'after', names[#names])
return 1
