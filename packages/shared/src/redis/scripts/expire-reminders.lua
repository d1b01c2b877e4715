-- Deletes old reminders of alerts that stand for very long: every other record of these stays until they have closed.
--
-- ARGV  epoch, ms since 1970 before which the reminders were decided, how many of each alert to look at, alerts' ids
-- Returns how many were deleted, or -1 when the epoch is not current.
--
-- The oldest stand first in an alert's list, behind the few that stay.
if not leads(ARGV[1]) then return -1 end
local before, looked_at = tonumber(ARGV[2]), tonumber(ARGV[3])
local deleted = 0
for at = 4, #ARGV do
  local notifications = key('notifications-of:' .. ARGV[at])
  for _, id in ipairs(redis.call('LRANGE', notifications, 0, looked_at - 1)) do
    local was = redis.call('HMGET', key('notification:' .. id), 'event', 'createdAt', 'state', 'group')
    local is_settled = was[3] ~= 'waiting' and was[3] ~= 'held'
    if was[1] == 'ongoing' and is_settled and tonumber(was[2]) < before then
      redis.call('LREM', notifications, 1, id)
      redis.call('DEL', key('notification:' .. id))
      redis.call('ZREM', key('notifications'), id)
      local members = was[4] and key('members:' .. was[4])
      if members and redis.call('LREM', members, 0, id) > 0 and redis.call('EXISTS', members) == 0 then
        redis.call('DEL', key('notification:' .. was[4]))
      end
      deleted = deleted + 1
    end
  end
end
return deleted
