-- Marks the apps for judging whose log counted errors that a judgement may have missed.
--
-- Returns how many there were.
--
-- Race: an error that is counted between a judgement's reading and its writing does not outdate it every time
-- (record-app-logs); here it does, once.
local unjudged = redis.call('SMEMBERS', key('log-unjudged'))
if #unjudged == 0 then return 0 end
local now = wall_clock()
for _, server in ipairs(unjudged) do
  if redis.call('EXISTS', key('server:' .. server)) == 1 then
    redis.call('HINCRBY', key('server:' .. server), 'revision', 1)
    redis.call('ZADD', key('changed'), now, server)
  end
end
redis.call('DEL', key('log-unjudged'))
redis.call('PUBLISH', key('wake'), '')
return #unjudged
