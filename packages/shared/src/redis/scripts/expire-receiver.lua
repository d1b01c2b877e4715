-- Ends some of what waits or is held for a receiver that is not configured any more.
--
-- ARGV  epoch, receiver, ids of notifications
-- Returns 1, or 0 when the epoch is not current.
--
-- Nobody would ever look at its due set again: without this they would count as waiting for ever, what is held as soon as
-- it is released. Each stays visible as expired, with the reason.
if not leads(ARGV[1]) then return 0 end
local receiver = ARGV[2]
local due = key('due:' .. receiver)
for at = 3, #ARGV do
  local id = ARGV[at]
  local was = redis.call('HMGET', key('notification:' .. id), 'alertId', 'state')
  if was[2] == 'waiting' or was[2] == 'held' then
    expire(id, receiver, 'receiver-removed')
    redis.call('DEL', key('queue:' .. was[1] .. ':' .. receiver))
    redis.call('ZREM', key('reminders'), was[1] .. ' ' .. receiver)
  end
  end_waiting(id, receiver)
  redis.call('ZREM', key('held'), id)
  redis.call('ZREM', due, id)
end
-- Groups of theirs stand in the due set alone.
if redis.call('ZCARD', key('waiting:' .. receiver)) == 0 then redis.call('DEL', due) end
return 1
