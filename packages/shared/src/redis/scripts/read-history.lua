-- Reads the latest rows of tables of history up to now, as if every minute until now had been written.
--
-- ARGV  minutes | rows, how many, then for each table 2: server, table ('' is the server's own)
-- Returns {now, then for each table false, or {columns, minutes of a longer row, number of the first row
-- since 1970, rows (bytes)}}. Nothing is written.
--
-- The minutes since the last heartbeat are told by the same function that will write them, so what is shown
-- does not change when it comes. Of a table that is not the server's own they are unknown.
local tables = open_history()
local unknown = tables.unknown
local now = wall_clock()
local minute = math.floor(now / 60000)
local clock = redis.call('HMGET', key('clock'), 'observed', 'tickAt', 'settleUntil')
local tick_at = tonumber(clock[2] or '0')
local observed = tonumber(clock[1] or '0')
if now - tick_at <= 1000 and now >= tick_at then
  observed = observed + math.max(0, now - math.max(tick_at, tonumber(clock[3] or '0')))
end
local what, count = ARGV[1], tonumber(ARGV[2])

local function states_since(history, name, own)
  if minute <= history.last then return '' end
  local was = own and redis.call('HMGET', key('server:' .. name), 'receivedAt', 'due', 'status', 'byeUntil', 'grace')
  if not was or not was[1] then return string.rep(unknown, minute - history.last) end
  local left = { received_at = was[1], due = was[2], status = was[3], bye_until = was[4] or '', grace = was[5],
    silence = tables.silence_of(name) }
  return tables.silent_minutes(history.last + 1, minute, left, tables.blind_since(was[1], tick_at, now), observed, now)
end

local function read(name, part)
  local history = tables.read_table(part == '' and name or name .. '/' .. part)
  if not history then return false end
  local layout = tables.layout_of(history.columns)
  local states = states_since(history, name, part == '')
  if what == 'minutes' then
    local from = math.max(history.minutes_from, minute - count + 1)
    local text = ''
    if from <= history.last then
      text = redis.call('GETRANGE', key('history-minutes:' .. history.name), (from - history.minutes_from) * layout.minute,
        (history.last + 1 - history.minutes_from) * layout.minute - 1)
    end
    local later = math.min(#states, count)
    return { history.columns, history.row, math.min(from, minute - later + 1), text .. tables.bare_rows(string.sub(states, -later), layout) }
  end
  local rows = tables.rows_since(history, layout, states, math.max(minute, history.last))
  local first = math.floor(history.last / history.row)
  local from = math.max(history.rows_from or first, math.floor(minute / history.row) - count + 1)
  if from < first then
    table.insert(rows, 1, redis.call('GETRANGE', key('history-rows:' .. history.name),
      (from - history.rows_from) * layout.row, (first - history.rows_from) * layout.row - 1))
    return { history.columns, history.row, from, table.concat(rows) }
  end
  return { history.columns, history.row, first, table.concat(rows) }
end

local answers = { now }
for at = 3, #ARGV, 2 do answers[#answers + 1] = read(ARGV[at], ARGV[at + 1]) end
return answers
