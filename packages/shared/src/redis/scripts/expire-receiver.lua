-- Ends what waits for a receiver that is not configured any more, some at a time.
--
-- ARGV  epoch, receiver, at most so many
-- Returns how many are left, or -1 when the epoch is not current.
--
-- Nobody would ever look at its due set again: without this they would count as waiting for ever. Each stays visible
-- as expired, with the reason.
if not leads(ARGV[1]) then return -1 end
local receiver = ARGV[2]
local due = key('due:' .. receiver)
for _, id in ipairs(redis.call('ZRANGE', key('waiting:' .. receiver), 0, tonumber(ARGV[3]) - 1)) do
  local alert_id = redis.call('HGET', key('notification:' .. id), 'alertId')
  if alert_id then
    expire(id, receiver, 'receiver-removed')
    redis.call('ZREM', key('held'), id)
    redis.call('DEL', key('queue:' .. alert_id .. ':' .. receiver))
    redis.call('ZREM', key('reminders'), alert_id .. ' ' .. receiver)
  else
    end_waiting(id, receiver)
  end
  redis.call('ZREM', due, id)
end
local left = redis.call('ZCARD', key('waiting:' .. receiver))
-- Groups of theirs stand in the due set alone.
if left == 0 then redis.call('DEL', due) end
return left
