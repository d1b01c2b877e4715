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
local results = { 1 }
local at = 3

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

-- An alert whose record cannot be read, and whose problem has another by now: nobody could ever close it.
local function give_up(problem, id, name)
  redis.call('ZREM', key('alerts:open'), id)
  redis.call('ZADD', key('alerts:closed'), now, id)
  redis.call('ZREM', key('becoming-ongoing'), id)
  redis.call('ZREM', key('alerts-of:' .. name), id)
  leave_open(problem, id)
end

local function apply(change, name, open)
  if ARGV[change] == 'happen' then return note_event(change, name) end
  local kind, problem, id, alert, event = ARGV[change], ARGV[change + 1], ARGV[change + 2], ARGV[change + 4],
    ARGV[change + 5]
  redis.call('SET', key('alert:' .. id), alert)
  if kind == 'open' then
    local unreadable = redis.call('HGET', open, problem)
    if unreadable then give_up(problem, unreadable, name) end
    redis.call('HSET', open, problem, id)
    redis.call('SADD', key('alerts-in:' .. problem_kind(problem) .. ':created'), id)
    count('opened|' .. problem_kind(problem))
    redis.call('ZADD', key('alerts:open'), now, id)
    if name ~= '' then redis.call('ZADD', key('alerts-of:' .. name), now, id) end
    redis.call('ZADD', key('becoming-ongoing'), now + becomes_ongoing_after, id)
  elseif kind == 'close' then
    redis.call('HDEL', open, problem)
    redis.call('ZREM', key('alerts:open'), id)
    redis.call('ZADD', key('alerts:closed'), now, id)
    redis.call('ZREM', key('becoming-ongoing'), id)
    leave_open(problem, id)
  end
  if ARGV[change + 6] ~= '' then redis.call('ZADD', key('actions'), now, id) end
  if event ~= '' then redis.call('XADD', key('transitions'), '*', 'alert', id, 'event', event) end
  announce('alert', id)
end

while at <= #ARGV do
  local name, revision, silent, history, again = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  local seen = ARGV[at + 5]
  local first = at + 7
  at = first + 7 * tonumber(ARGV[at + 6])
  local server, open = key('server:' .. name), key('open:' .. name)
  local found = redis.call('HGET', server, 'revision')

  if name ~= '' and not found then
    redis.call('ZREM', key('changed'), name)
    redis.call('ZREM', key('deadlines'), name)
    redis.call('ZREM', key('judge-again'), name)
    results[#results + 1] = 1
  elseif is_current(first, at - 1, server, open, name == '' and '-' or revision, found) then
    if name ~= '' then
      if silent == '2' then redis.call('SADD', key('unknown'), name) end
      if silent ~= '0' then
        redis.call('ZREM', key('deadlines'), name)
        redis.call('HSET', server, 'silent', '1')
        redis.call('SREM', key('stopped'), name)
        -- One that was only expected has never been heard: it is unknown rather than silent.
        if redis.call('SISMEMBER', key('unknown'), name) == 0 then redis.call('SADD', key('silent'), name) end
      end
      if seen ~= '' then redis.call('SET', key('app-seen:' .. name), seen) end
      redis.call('ZREM', key('changed'), name)
      if again == '' then
        redis.call('ZREM', key('judge-again'), name)
      else
        redis.call('ZADD', key('judge-again'), again, name)
      end
      if history == '' then redis.call('HDEL', server, 'history') else redis.call('HSET', server, 'history', history) end
    end
    for change = first, at - 1, 7 do apply(change, name, open) end
    if name ~= '' and (first < at or silent ~= '0') then announce('server', name) end
    results[#results + 1] = 1
  else
    if name ~= '' then redis.call('ZADD', key('changed'), now, name) end
    results[#results + 1] = 0
  end
end
return results
