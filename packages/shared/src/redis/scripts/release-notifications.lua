-- Asks again about held notifications: each is released, or held on until later.
--
-- ARGV  epoch, then for each 4: notification id, receiver, reason that holds it ('' releases it), when to
--       ask again (ms since 1970, or '')
-- Returns 1, or 0 when the epoch is not current.
if not leads(ARGV[1]) then return 0 end
local now = wall_clock()
for at = 2, #ARGV, 4 do
  local id, receiver, reason, again = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local notification = key('notification:' .. id)
  local state = redis.call('HGET', notification, 'state')
  if state ~= 'held' then
    redis.call('ZREM', key('held'), id)
  elseif reason ~= '' then
    redis.call('HSET', notification, 'heldBecause', reason)
    redis.call('ZADD', key('held'), ask_again_at(again, now), id)
  else
    redis.call('ZREM', key('held'), id)
    -- From now on it is on its way: a day of trying begins, however long it was held.
    redis.call('HSET', notification, 'state', 'waiting', 'readyAt', now)
    redis.call('HDEL', notification, 'heldBecause')
    -- What was held goes together with what is released at the same moment.
    redis.call('HSET', notification, 'postponed', '1')
    begin_waiting(id, receiver, now)
    redis.call('ZADD', key('due:' .. receiver), now, id)
    announce('notification', id)
  end
end
return 1
