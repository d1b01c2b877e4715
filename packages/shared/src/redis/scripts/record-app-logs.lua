-- Counts what deliveries of apps' log lines held.
--
-- ARGV  how many servers this partition may hold, then
--       for each delivery 9: server (`heroku:app`), source (a drain's or a follower's name), its rank (drain |
--       follower), ms for which it alone counts, frame ('' when it names none), counts, minutes, times, notable lines
--         counts   lines of `slot how number dyno name`: slot of 10 s since 1970; + is added, > keeps the highest
--         minutes  lines of `minute how number field`: minute since 1970; + and > as above, = keeps the last
--         times    lines of `minute class requests class requests …`: requests by the class of their service time
--         notable  lines of JSON, oldest first
-- Returns {for each delivery a pair}:
--       {1, 0}   counted
--       {2, 0}   a frame that was counted before
--       {3, ms}  not counted: a drain is the source, and may be for so long still; {4, ms}: a follower is
--       {5, 0}   a follower's, and there is no such server; {6, 0}: a new name, and the partition is full. Nothing is kept
--
-- Race: a delivery that is repeated may reach another instance at the same moment, and two sources may begin
-- at once: frame, source and counts are one step, so every line counts once.
local per_delivery = 9
local most_servers = tonumber(ARGV[1])
local slot_ms, slots_each, counts_for = 10000, 60, 3600000
-- Of an app in ten minutes; and of frames in five.
local most_fields, most_frames, frames_ms = 2000, 50000, 300000
local most_minute_fields, minutes_open, most_notable = 4000, 2, 20
local heard_for, minute_lives = 2 * 3600000, 86400000

local now = wall_clock()
local now_slot, now_minute = math.floor(now / slot_ms), math.floor(now / 60000)
local woken = false

-- Of another source of this app: ms that it may still count alone, and its rank.
local function lease_of_another(held, source, rank)
  if not held[1] or held[1] == source or (rank == 'drain' and held[2] == 'follower') then return 0 end
  return math.max(0, tonumber(held[3]) - now)
end

-- Whether the frame was counted, in this span of five minutes or the last.
local function is_repeated(server, frame)
  local span = math.floor(now / frames_ms)
  local current = key('log-frames:' .. server .. ':' .. digits(span))
  if redis.call('SISMEMBER', key('log-frames:' .. server .. ':' .. digits(span - 1)), frame) == 1 then return true end
  if redis.call('SCARD', current) >= most_frames then return redis.call('SISMEMBER', current, frame) == 1 end
  if redis.call('SADD', current, frame) == 0 then return true end
  if redis.call('SCARD', current) == 1 then redis.call('PEXPIRE', current, 2 * frames_ms) end
  return false
end

-- `3=2 17=1` with a number brought in at a place.
local function merged(text, place, how, number)
  local found = false
  local result = string.gsub(text, '(%d+)=(%d+)', function(at, was)
    if tonumber(at) ~= place then return nil end
    found = true
    return at .. '=' .. digits(how == '+' and tonumber(was) + number or math.max(tonumber(was), number))
  end)
  if found then return result end
  return result .. (result == '' and '' or ' ') .. place .. '=' .. digits(number)
end

-- A slot's number; a time to come is now, and what is older than an hour is of no use to any rule.
local function add_count(server, slot, how, number, dyno, name)
  slot = math.min(slot, now_slot)
  if slot < now_slot - counts_for / slot_ms then return end
  local chunk = math.floor(slot / slots_each)
  local counts = key('log-counts:' .. server .. ':' .. digits(chunk))
  local field = dyno .. ' ' .. name
  local was = redis.call('HGET', counts, field)
  if not was and redis.call('HLEN', counts) >= most_fields then
    field = string.match(dyno, '^[^.]*') .. ' ' .. name
    was = redis.call('HGET', counts, field)
  end
  redis.call('HSET', counts, field, merged(was or '', slot - chunk * slots_each, how, number))
  if not was then redis.call('PEXPIREAT', counts, digits((chunk + 1) * slots_each * slot_ms + counts_for)) end
end

-- The minute that is counted in: a line that comes when its own is closed counts in the oldest one that is open.
local function open_minute(minute) return math.max(now_minute - minutes_open, math.min(minute, now_minute)) end

local function begin_minute(server, minute)
  if redis.call('SADD', key('log-minutes:' .. server), digits(minute)) == 0 then return end
  redis.call('ZADD', key('log-minutes-due'), 'LT', digits((minute + minutes_open + 1) * 60000), server)
end

local function add_minute(server, minute, how, number, field)
  local place = key('log-minute:' .. server .. ':' .. digits(minute))
  if how == '+' and redis.call('HINCRBY', place, field, number) > tonumber(number) then return end
  if how ~= '+' then
    local was = redis.call('HGET', place, field)
    if not was or how == '=' or tonumber(was) < tonumber(number) then redis.call('HSET', place, field, number) end
    if was then return end
  end
  local fields = redis.call('HLEN', place)
  if fields > most_minute_fields then redis.call('HDEL', place, field) end
  if fields == 1 then
    redis.call('PEXPIRE', place, minute_lives)
    begin_minute(server, minute)
  end
end

-- Each class is a number of 32 bits, so all of them are one command.
local function add_times(server, minute, classes)
  local place = key('log-times:' .. server .. ':' .. digits(minute))
  local command = { 'BITFIELD', place, 'OVERFLOW', 'SAT' }
  for class, requests in string.gmatch(classes, '(%d+) (%d+)') do
    local at = #command
    command[at + 1], command[at + 2], command[at + 3], command[at + 4] = 'INCRBY', 'u32', '#' .. class, requests
  end
  local is_new = redis.call('EXISTS', place) == 0
  redis.call(unpack(command))
  if is_new then
    redis.call('PEXPIRE', place, minute_lives)
    begin_minute(server, minute)
  end
end

-- An app may have a drain and no poller: its log alone makes it known, without a deadline, since a log may be silent.
local function make_known(server)
  redis.call('ZADD', key('servers'), 0, server)
  redis.call('SADD', key('unknown'), server)
  redis.call('HSET', key('server:' .. server), 'revision', 1, 'silent', '0',
    'generation', redis.call('HGET', key('generations'), server) or '0')
  announce('server', server)
end

local function record(at)
  local server, source, rank, lease, frame = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  if redis.call('EXISTS', key('server:' .. server)) == 0 then
    if rank == 'follower' then return 5, 0 end
    if redis.call('ZCARD', key('servers')) >= most_servers then return 6, 0 end
    make_known(server)
  end
  local place = key('log-source:' .. server)
  local held = redis.call('HMGET', place, 'source', 'rank', 'until', 'sampledSlot', 'raisedAt')
  local left = lease_of_another(held, source, rank)
  if left > 0 then return held[2] == 'drain' and 3 or 4, left end
  -- A follower has every line while its turn lasts: what came after that, nobody knows.
  local has_gap = held[2] == 'follower' and tonumber(held[3]) < now
  redis.call(has_gap and 'HSET' or 'HSETNX', place, 'since', now)
  redis.call('HSET', place, 'source', source, 'rank', rank, 'until', digits(now + tonumber(lease)), 'heardAt', now)
  redis.call('PEXPIRE', place, heard_for)
  if frame ~= '' and is_repeated(server, frame) then return 2, 0 end

  local has_error, has_sample = false, false
  for slot, how, number, dyno, name in string.gmatch(ARGV[at + 5], '(%d+) ([+>]) (%d+) (%S+) (%S+)') do
    add_count(server, tonumber(slot), how, tonumber(number), dyno, name)
    if how == '+' then has_error = true else has_sample = true end
  end
  for minute, how, number, field in string.gmatch(ARGV[at + 6], '(%d+) ([+>=]) (%d+) ([^\n]+)') do
    add_minute(server, open_minute(tonumber(minute)), how, number, field)
  end
  for minute, classes in string.gmatch(ARGV[at + 7], '(%d+) ([^\n]+)') do
    add_times(server, open_minute(tonumber(minute)), classes)
  end
  if ARGV[at + 8] ~= '' then
    local tail = key('log-tail:' .. server)
    for line in string.gmatch(ARGV[at + 8], '[^\n]+') do redis.call('LPUSH', tail, line) end
    redis.call('LTRIM', tail, 0, most_notable - 1)
    redis.call('PEXPIRE', tail, 86400000)
  end
  -- Samples come all the time: one judgement in each slot is enough for them.
  if has_error or (has_sample and held[4] ~= digits(now_slot)) then
    redis.call('HSET', place, 'sampledSlot', digits(now_slot))
    woken = redis.call('ZADD', key('changed'), now, server) == 1 or woken
    -- A judgement under way did not know of this. In a storm of errors it would be outdated each time, and none be
    -- written: so once a second at most, and what comes in between is judged a moment later (judge-logs).
    local raised_at = tonumber(held[5] or '0')
    if now - raised_at >= 1000 or now < raised_at then
      redis.call('HSET', place, 'raisedAt', now)
      redis.call('HINCRBY', key('server:' .. server), 'revision', 1)
    else
      redis.call('SADD', key('log-unjudged'), server)
    end
  end
  return 1, 0
end

local results = {}
for at = 2, #ARGV, per_delivery do
  local code, value = record(at)
  results[#results + 1] = code
  results[#results + 1] = value
end
if woken then redis.call('PUBLISH', key('wake'), '') end
return results
