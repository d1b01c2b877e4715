-- Decides what becomes one message. A receiver's first opening goes at once; other openings within the
-- window after it wait for its end and become one. What follows later (a reminder, a closing) becomes one
-- message with others that are due at the same moment, if one message told of their openings.
--
-- ARGV  epoch, receiver, window in ms, token for new groups' ids, then the ids that are due and may go
-- Returns 1, or 0 when the epoch is not current.
--
-- Only what was never tried is grouped, and a group's members are fixed here, before its first attempt:
-- so a repeat of the message is the same message.
if not leads(ARGV[1]) then return 0 end
local receiver, window, token = ARGV[2], tonumber(ARGV[3]), ARGV[4]
local now = wall_clock()
local due = key('due:' .. receiver)

-- The message that told of an alert's opening together with others', if one did.
local function root_group(alert_id)
  return redis.call('HGET', key('notification:' .. alert_id .. '.' .. receiver .. '.created'), 'group')
end

local opening = { ids = {}, postponed = false }
local following = {}
for at = 5, #ARGV do
  local id = ARGV[at]
  local was = redis.call('HMGET', key('notification:' .. id), 'state', 'attempts', 'group', 'event', 'postponed', 'alone',
    'alertId', 'isGroup')
  -- A group is a message already.
  if was[1] == 'waiting' and was[2] == '0' and not was[3] and not was[6] and not was[8] and redis.call('ZSCORE', due, id) then
    if was[4] == 'created' then
      table.insert(opening.ids, id)
      if was[5] then opening.postponed = true end
    else
      local root = root_group(was[7])
      if root then
        local together = root .. ' ' .. was[4]
        following[together] = following[together] or { ids = {}, event = was[4] }
        table.insert(following[together].ids, id)
      end
    end
  end
end

local function postpone(ids, first, open_until)
  for at = first, #ids do
    redis.call('HSET', key('notification:' .. ids[at]), 'postponed', '1')
    redis.call('ZADD', due, open_until, ids[at])
  end
end

local function alone(id)
  -- Marked, so that the next look does not postpone it before it is claimed.
  redis.call('HSET', key('notification:' .. id), 'alone', '1')
end

local function join(ids, event, number)
  local group = 'group-' .. token .. '-' .. number
  redis.call('HSET', key('notification:' .. group), 'receiver', receiver, 'event', event, 'state', 'waiting', 'number', 0,
    'createdAt', now, 'readyAt', now, 'attempts', 0, 'isGroup', '1')
  for _, id in ipairs(ids) do
    redis.call('RPUSH', key('members:' .. group), id)
    redis.call('HSET', key('notification:' .. id), 'group', group)
    redis.call('ZREM', due, id)
  end
  redis.call('ZADD', due, now, group)
end

local number = 0
for _, found in pairs(following) do
  number = number + 1
  if #found.ids > 1 then join(found.ids, found.event, number) end
end

if #opening.ids > 0 then
  local window_key = key('group-window:' .. receiver)
  local open_until = tonumber(redis.call('GET', window_key) or '0')
  -- One that ends later than any may was opened before the clock was set back.
  if now < open_until and open_until - now <= window then
    postpone(opening.ids, 1, open_until)
  else
    open_until = now + window
    redis.call('SET', window_key, open_until, 'PX', window + 1000)
    if opening.postponed and #opening.ids > 1 then
      join(opening.ids, 'created', 0)
    else
      alone(opening.ids[1])
      postpone(opening.ids, 2, open_until)
    end
  end
end
return 1
