-- Writes what a judgement changes: alerts opened, changed and closed, each with its transition record.
--
-- ARGV  epoch, ms until an alert counts as ongoing, then for each server:
--         name ('' for the fleet), revision it was judged at ('' clears the marks of a name without a server),
--         silent (1 | 0, 2: unknown, since its observer is), history (JSON, '' for none), when to judge again
--         (ms since 1970, or ''), how a Heroku app was seen ('' as before),
--         number of changes, then for each change 7:
--           open | update | close, problem key, alert id, alert version that was read (0 for open),
--           alert (JSON), event to tell of ('' for none), due | '' whether something is to be done about it
--         or of what happened to a Heroku app:
--           happen, when (ms since 1970), id, 0, its record (JSON), happened | '' for what nobody is told, ''
-- Returns {1 when the epoch is current else 0, then for each server 1 (applied) or 0 (judged too late)}.
--
-- Races: a heartbeat that came in between has raised the revision and wins: nothing is written, and the
-- server is marked, so that it is judged again. An alert that somebody else changed in between
-- (its version differs) is left alone in the same way. A leader that is none any more writes nothing.
local epoch, becomes_ongoing_after = ARGV[1], tonumber(ARGV[2])
if not leads(epoch) then return { 0 } end

local now = wall_clock()
-- As text, since Redis takes as long to write a number out as for a small command.
local now_text, ongoing_at = digits(now), digits(now + becomes_ongoing_after)
local results = { 1 }

local function is_current(first, last, server, open, revision, found)
  if revision ~= '-' and found ~= revision then return false end
  for change = first, last, 7 do
    local kind, problem, id, version = ARGV[change], ARGV[change + 1], ARGV[change + 2], tonumber(ARGV[change + 3])
    if kind == 'happen' then
      -- It follows from the revision alone.
    elseif kind == 'open' then
      local other = redis.call('HGET', open, problem)
      if other and read_alert(other) ~= nil then return false end
    else
      local was = read_alert(id)
      if redis.call('HGET', open, problem) ~= id or was == nil or was.version ~= version then return false end
    end
  end
  return true
end

-- What each server writes into keys that all share is gathered and written at the end, in one command for all of them:
-- a tenth less of Redis' time.
local gathered = {}
local function later(command, name, member, score)
  local id = command .. ' ' .. name
  local members = gathered[id]
  if not members then
    members = { command = command, key = key(name) }
    gathered[id], gathered[#gathered + 1] = members, members
  end
  if score then members[#members + 1] = score end
  members[#members + 1] = member
end

local counted = {}
local function count_later(field) counted[field] = (counted[field] or 0) + 1 end

local function write_gathered()
  -- Lua passes some thousands of arguments at most; an even number of them, since scores and members take turns.
  local at_once = 1000
  for _, members in ipairs(gathered) do
    for from = 1, #members, at_once do
      redis.call(members.command, members.key, unpack(members, from, math.min(from + at_once - 1, #members)))
    end
  end
  for field, by in pairs(counted) do count(field, by) end
end

-- What happened is kept by count and age, and its record until it has surely been told.
local events_kept, events_kept_for, told_within = 500, 90 * 86400000, 7 * 86400000

local function note_event(change, name)
  local at, id, record, event = ARGV[change + 1], ARGV[change + 2], ARGV[change + 4], ARGV[change + 5]
  local events = key('app-events:' .. name)
  redis.call('ZADD', events, at, record)
  redis.call('ZREMRANGEBYRANK', events, 0, -events_kept - 1)
  redis.call('ZREMRANGEBYSCORE', events, '-inf', now - events_kept_for)
  if event ~= '' then
    redis.call('SET', key('alert:' .. id), record, 'PX', told_within)
    redis.call('XADD', key('transitions'), '*', 'alert', id, 'event', event)
  end
end

-- As `leave_open`, for many.
local function close(problem, id)
  local kind = problem_kind(problem)
  later('ZREM', 'alerts:open', id)
  later('ZADD', 'alerts:closed', id, now_text)
  later('ZREM', 'becoming-ongoing', id)
  later('SREM', 'alerts-in:' .. kind .. ':created', id)
  later('SREM', 'alerts-in:' .. kind .. ':ongoing', id)
  count_later('closed|' .. kind)
end

-- An alert whose record cannot be read, and whose problem has another by now: nobody could ever close it.
local function give_up(problem, id, name)
  close(problem, id)
  redis.call('ZREM', key('alerts-of:' .. name), id)
end

local function write_change(change, name, open)
  if ARGV[change] == 'happen' then return note_event(change, name) end
  local kind, problem, id, alert, event = ARGV[change], ARGV[change + 1], ARGV[change + 2], ARGV[change + 4],
    ARGV[change + 5]
  redis.call('SET', key('alert:' .. id), alert)
  if kind == 'open' then
    local unreadable = redis.call('HGET', open, problem)
    if unreadable then give_up(problem, unreadable, name) end
    redis.call('HSET', open, problem, id)
    if name ~= '' then redis.call('ZADD', key('alerts-of:' .. name), now_text, id) end
    later('SADD', 'alerts-in:' .. problem_kind(problem) .. ':created', id)
    count_later('opened|' .. problem_kind(problem))
    later('ZADD', 'alerts:open', id, now_text)
    later('ZADD', 'becoming-ongoing', id, ongoing_at)
  elseif kind == 'close' then
    redis.call('HDEL', open, problem)
    close(problem, id)
  end
  if ARGV[change + 6] ~= '' then later('ZADD', 'actions', id, now_text) end
  if event ~= '' then redis.call('XADD', key('transitions'), '*', 'alert', id, 'event', event) end
  announce('alert', id)
end

local some_unknown = redis.call('SCARD', key('unknown')) > 0

-- One that was only expected has never been heard: it is unknown rather than silent.
local function is_unknown(name) return some_unknown and redis.call('SISMEMBER', key('unknown'), name) == 1 end

local function write_server(at, server, history_was)
  local name, silent, history, again, seen = ARGV[at], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
  if silent ~= '0' then
    redis.call('HSET', server, 'silent', '1')
    if silent == '2' then
      later('SADD', 'unknown', name)
    elseif not is_unknown(name) then
      later('SADD', 'silent', name)
    end
    later('ZREM', 'deadlines', name)
    later('SREM', 'stopped', name)
  end
  if history == '' then
    if history_was then redis.call('HDEL', server, 'history') end
  elseif history ~= history_was then
    redis.call('HSET', server, 'history', history)
  end
  if seen ~= '' then redis.call('SET', key('app-seen:' .. name), seen) end
  later('ZREM', 'changed', name)
  if again == '' then later('ZREM', 'judge-again', name) else later('ZADD', 'judge-again', name, again) end
end

-- Writes the judgement of one server, whose changes end before `next`. Returns 1 (applied) or 0 (judged too late).
local function apply(at, next)
  local name, revision, silent = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local first = at + 7
  local server, open = key('server:' .. name), key('open:' .. name)
  local found = redis.call('HMGET', server, 'revision', 'history')

  if name ~= '' and not found[1] then
    for _, marks in ipairs({ 'changed', 'deadlines', 'judge-again' }) do later('ZREM', marks, name) end
    return 1
  end
  if not is_current(first, next - 1, server, open, name == '' and '-' or revision, found[1]) then
    if name ~= '' then later('ZADD', 'changed', name, now_text) end
    return 0
  end
  if name ~= '' then write_server(at, server, found[2]) end
  for change = first, next - 1, 7 do write_change(change, name, open) end
  if name ~= '' and (first < next or silent ~= '0') then announce('server', name) end
  return 1
end

-- A record of another type ends the call with an error; what the servers before it wrote must be whole by then.
local at, fault = 3, nil
while at <= #ARGV and not fault do
  local next = at + 7 + 7 * tonumber(ARGV[at + 6])
  local applied, result = pcall(apply, at, next)
  if applied then results[#results + 1] = result else fault = result end
  at = next
end
write_gathered()
if fault then error(fault, 0) end
return results
