-- Stands before every script. KEYS[1] is the partition's prefix (`healthapp:{0}`): it routes the call in
-- a cluster, and every other key of the script is made from it, so all lie in the same hash slot.
local prefix = KEYS[1]
local function key(name) return prefix .. ':' .. name end

-- Redis' own clock, ms since 1970: the only wall clock that decides anything.
local function wall_clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

-- Lua writes large numbers as 1.79e+12; this writes their digits.
local function digits(number) return string.format('%.0f', number) end

-- Whether the caller's leadership is the current one. The counter and its token are compared whole,
-- since after a lost write two leaders may have drawn the same number.
local function leads(epoch) return redis.call('GET', key('epoch')) == epoch end

-- For API instances to pass on as server-sent events; the stream's ids are the events' ids.
local function announce(event_type, id)
  redis.call('XADD', key('events'), 'MAXLEN', '~', 10000, '*', 't', event_type, 'i', id)
end

-- An alert's record, or nil when there is none or it cannot be read: one bad record must not stop a script
-- that is about many.
local function read_alert(id)
  local text = redis.pcall('GET', key('alert:' .. id))
  if type(text) ~= 'string' then return nil end
  local read, alert = pcall(cjson.decode, text)
  if not read or type(alert) ~= 'table' or type(alert.labels) ~= 'table' or type(alert.version) ~= 'number' then
    return nil
  end
  for _, field in ipairs({ 'id', 'kind', 'subject', 'state' }) do
    if type(alert[field]) ~= 'string' then return nil end
  end
  return alert
end

-- Adds to a counter that outlives every process; `redis/counters.ts` reads the fields.
local function count(field, by) redis.call('HINCRBY', key('counters'), field, by or 1) end

-- A notification is on its way from now on, or is so no more: counted for all and for each receiver.
local function begin_waiting(id, receiver, now)
  redis.call('ZADD', key('waiting'), now, id)
  redis.call('ZADD', key('waiting:' .. receiver), now, id)
end
local function end_waiting(id, receiver)
  redis.call('ZREM', key('waiting'), id)
  redis.call('ZREM', key('waiting:' .. receiver), id)
end

-- Makes a notification's record and puts it behind what its receiver is still to hear of the alert.
local function enqueue(id, alert_id, receiver, event, number, now, route)
  redis.call('HSET', key('notification:' .. id), 'alertId', alert_id, 'receiver', receiver, 'event', event,
    'number', number, 'state', 'waiting', 'createdAt', now, 'readyAt', now, 'attempts', 0)
  if route then redis.call('HSET', key('notification:' .. id), 'route', route) end
  redis.call('RPUSH', key('notifications-of:' .. alert_id), id)
  redis.call('ZADD', key('notifications'), now, id)
  begin_waiting(id, receiver, now)
  if redis.call('RPUSH', key('queue:' .. alert_id .. ':' .. receiver), id) == 1 then
    redis.call('ZADD', key('due:' .. receiver), now, id)
  end
  announce('notification', id)
end

-- Ends a notification that will not be sent, for a reason with a name.
local function expire(id, receiver, because)
  end_waiting(id, receiver)
  redis.call('HSET', key('notification:' .. id), 'state', 'expired', 'heldBecause', because)
  count('notifications|' .. receiver .. '|expired|' .. because)
  announce('notification', id)
end

-- Whether a reminder can be dropped, since nobody is sending it at this moment. It leaves the message that it was to be
-- part of: nobody is told that something is still wrong which is well by now, or is told so twice.
local function withdraw_reminder(id, receiver, claimed_until, group)
  local now = wall_clock()
  if not group then return tonumber(claimed_until or '0') <= now end
  local message = key('notification:' .. group)
  if tonumber(redis.call('HGET', message, 'claimedUntil') or '0') > now then return false end
  redis.call('LREM', key('members:' .. group), 0, id)
  redis.call('HDEL', key('notification:' .. id), 'group')
  if redis.call('EXISTS', key('members:' .. group)) == 0 then
    redis.call('ZREM', key('due:' .. receiver), group)
    redis.call('DEL', message)
  end
  return true
end

-- When to ask about what is held: `again` (ms since 1970), or '' for when somebody acts. Within a minute all the same, since
-- that may have been done just before this is written, from what was read before.
local function ask_again_at(again, now) return again == '' and digits(now + 60000) or again end

-- Of an alert that was changed by other than a judgement, what is held is asked about at once: in the same step, since
-- whoever changed it may die before it asks.
local function ask_about_held(alert_id)
  local now = wall_clock()
  for _, id in ipairs(redis.call('LRANGE', key('notifications-of:' .. alert_id), 0, -1)) do
    redis.call('ZADD', key('held'), 'XX', now, id)
  end
  redis.call('PUBLISH', key('wake'), '')
end

-- `disk-full|/var` is of the kind `disk-full`.
local function problem_kind(problem) return string.match(problem, '^[^|]*') end

-- An alert is not open any more: it leaves the sets that count the open ones by kind and state.
local function leave_open(problem, id)
  local kind = problem_kind(problem)
  redis.call('SREM', key('alerts-in:' .. kind .. ':created'), id)
  redis.call('SREM', key('alerts-in:' .. kind .. ':ongoing'), id)
  count('closed|' .. kind)
end
