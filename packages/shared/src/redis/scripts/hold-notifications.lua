-- Holds notifications back before they are sent, each for a named reason.
--
-- ARGV  epoch, then for each 5: notification id, receiver, reason, when to ask again (ms since 1970, or
--       '' for when somebody acts), 1 when its alert is over else 0
-- Returns 1, or 0 when the epoch is not current.
--
-- One that is being sent at this moment, or is a member of a group, stays: membership is fixed. So does an opening
-- whose sender died: it may have been heard of, and its receiver is to hear of the end.
-- A reminder is dropped rather than held: missed ones are not made up. Of an alert that is over everything but its
-- closing is, and with the opening the closing too: nobody heard of it.
if not leads(ARGV[1]) then return 0 end
local now = wall_clock()

local function drop(id, receiver, alert_id, event, reason)
  expire(id, receiver, reason)
  local queue = key('queue:' .. alert_id .. ':' .. receiver)
  redis.call('LREM', queue, 1, id)
  if event == 'created' then
    for _, later in ipairs(redis.call('LRANGE', queue, 0, -1)) do expire(later, receiver, reason) end
    redis.call('DEL', queue)
    redis.call('ZREM', key('reminders'), alert_id .. ' ' .. receiver)
  end
  local head = redis.call('LINDEX', queue, 0)
  if head then redis.call('ZADD', key('due:' .. receiver), now, head) end
end

for at = 2, #ARGV, 5 do
  local id, receiver, reason, again, over = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local notification = key('notification:' .. id)
  local was = redis.call('HMGET', notification, 'state', 'claimedUntil', 'group', 'event', 'alertId')
  local event, claimed_until = was[4], tonumber(was[2] or '0')
  local may_be_heard = claimed_until > now or (event == 'created' and claimed_until > 0)
  if was[1] == 'waiting' and not may_be_heard and not was[3] then
    redis.call('ZREM', key('due:' .. receiver), id)
    if event == 'ongoing' or (over == '1' and event ~= 'closed' and event ~= 'happened') then
      drop(id, receiver, was[5], event, reason)
    else
      end_waiting(id, receiver)
      redis.call('HSET', notification, 'state', 'held', 'heldBecause', reason)
      redis.call('ZADD', key('held'), ask_again_at(again, now), id)
      announce('notification', id)
    end
  end
end
return 1
