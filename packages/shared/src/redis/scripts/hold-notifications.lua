-- Holds notifications back before they are sent, each for a named reason.
--
-- ARGV  epoch, then for each 4: notification id, receiver, reason, when to ask again (ms since 1970, or
--       '' for when somebody acts)
-- Returns 1, or 0 when the epoch is not current.
--
-- One that is being sent at this moment, or is a member of a group, stays: membership is fixed.
-- A reminder is dropped rather than held: missed ones are not made up.
if not leads(ARGV[1]) then return 0 end
local now = wall_clock()
for at = 2, #ARGV, 4 do
  local id, receiver, reason, again = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local notification = key('notification:' .. id)
  local was = redis.call('HMGET', notification, 'state', 'claimedUntil', 'group', 'event', 'alertId')
  if was[1] == 'waiting' and tonumber(was[2] or '0') <= now and not was[3] then
    redis.call('ZREM', key('due:' .. receiver), id)
    if was[4] == 'ongoing' then
      expire(id, receiver, reason)
      local queue = key('queue:' .. was[5] .. ':' .. receiver)
      redis.call('LREM', queue, 1, id)
      local head = redis.call('LINDEX', queue, 0)
      if head then redis.call('ZADD', key('due:' .. receiver), now, head) end
    else
      end_waiting(id, receiver)
      redis.call('HSET', notification, 'state', 'held', 'heldBecause', reason)
      redis.call('ZADD', key('held'), again == '' and '+inf' or again, id)
      announce('notification', id)
    end
  end
end
return 1
