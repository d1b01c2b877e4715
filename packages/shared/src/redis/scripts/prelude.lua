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
  local text = redis.call('GET', key('alert:' .. id))
  if not text then return nil end
  local read, alert = pcall(cjson.decode, text)
  return read and type(alert) == 'table' and alert or nil
end
