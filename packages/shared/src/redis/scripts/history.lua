-- Stands after the prelude before the scripts that keep or read history, as the body of `open_history()`: most heartbeats
-- need none of it, and making all of its functions anew takes a call longer than recording one.
--
-- A table is a string of rows, one a minute, for the last day, and a string of longer rows that they are
-- rolled up into. Rows lie one after the other from a first minute on; a string grows by whole steps with
-- SET, since SETRANGE beyond the end would double what it takes. `history:TABLE` (hash) says what is where:
--   columns      `letter name` a line; last: the last minute written; row: minutes of a longer row
--   minutesFrom  the first minute of `history-minutes:TABLE`
--   rowsFrom     the first longer row of `history-rows:TABLE`, counted in rows since 1970
-- A minute's row: a byte for its state, then each column's code. A longer row: a byte each for its minutes
-- up, down, unwatched and stopped, then each column's lowest, mean and highest code.
-- A code of 0 says that nothing is known. The letter says how a whole number becomes a code:
--   p  as it is, up to 254, in a byte                       (percents, in halves)
--   s  a float with 4 bits of mantissa, in a byte           (within 3 %)
--   n  a float with 11 bits of mantissa, in two bytes       (within 0.03 %)
local minutes_kept, minutes_step, rows_step, most_columns = 1440, 20, 48, 40
local unknown, up, down, unwatched, stopped = '\0', '\1', '\2', '\3', '\4'
local kinds = { p = { bytes = 1, bits = 8 }, s = { bytes = 1, bits = 4 }, n = { bytes = 2, bits = 11 } }

local function code_of(kind, value)
  local size = 2 ^ kind.bits
  local exponent = 0
  while value >= 2 * size - 0.5 do
    value = value / 2
    exponent = exponent + 1
  end
  return math.min(math.floor(value + 0.5) + exponent * size, 256 ^ kind.bytes - 2) + 1
end

local function value_of(kind, code)
  local size = 2 ^ kind.bits
  local exponent = math.floor((code - 1) / size)
  if exponent < 2 then return code - 1 end
  return (code - 1 - (exponent - 1) * size) * 2 ^ (exponent - 1)
end

local function bytes_of(kind, code)
  if kind.bytes == 1 then return string.char(code) end
  return string.char(math.floor(code / 256), code % 256)
end

-- Columns of a table: their kinds, names, and how wide a minute's and a longer row are.
local function layout_of(columns)
  local layout = { names = {}, kinds = {}, letters = {}, minute = 1, row = 4 }
  for letter, name in string.gmatch(columns, '(%l) ([^\n]+)') do
    local kind = kinds[letter]
    table.insert(layout.names, name)
    table.insert(layout.kinds, kind)
    table.insert(layout.letters, letter)
    layout.minute = layout.minute + kind.bytes
    layout.row = layout.row + 3 * kind.bytes
  end
  return layout
end

-- One minute's row from `s52p122p`: each column's letter and value, without digits where it is not known.
local function minute_row(state, values)
  local row = { state }
  for letter, digits in string.gmatch(values, '(%l)(%d*)') do
    local kind = kinds[letter]
    row[#row + 1] = bytes_of(kind, digits == '' and 0 or code_of(kind, tonumber(digits)))
  end
  return table.concat(row)
end

-- Rows of minutes of which nothing but the state is known.
local function bare_rows(states, layout)
  local rest = string.rep('\0', layout.minute - 1)
  local rows = {}
  for _, state in ipairs({ unknown, up, down, unwatched, stopped }) do rows[state] = state .. rest end
  return (string.gsub(states, '.', rows))
end

-- A longer row from the rows of its first minutes and the states of those after them, of which nothing else is
-- known; minutes that are missing are unknown.
local function roll_up(minutes, states, layout)
  local counts = {}
  for index, state in ipairs({ up, down, unwatched, stopped }) do
    counts[index] = select(2, string.gsub(states, state, ''))
  end
  for at = 1, #minutes, layout.minute do
    local state = string.byte(minutes, at)
    if state > 0 then counts[state] = counts[state] + 1 end
  end
  local row = { string.char(counts[1], counts[2], counts[3], counts[4]) }
  local place = 2
  for _, kind in ipairs(layout.kinds) do
    local least, most, sum, count = nil, 0, 0, 0
    for at = place, #minutes, layout.minute do
      local code = string.byte(minutes, at)
      if kind.bytes == 2 then code = 256 * code + string.byte(minutes, at + 1) end
      if code > 0 then
        if not least or code < least then least = code end
        if code > most then most = code end
        sum, count = sum + value_of(kind, code), count + 1
      end
    end
    local mean = count == 0 and 0 or code_of(kind, sum / count)
    row[#row + 1] = bytes_of(kind, least or 0) .. bytes_of(kind, mean) .. bytes_of(kind, most)
    place = place + kind.bytes
  end
  return table.concat(row)
end

local function read_table(name)
  local was = redis.call('HMGET', key('history:' .. name), 'columns', 'last', 'row', 'minutesFrom', 'rowsFrom')
  if not was[2] then return nil end
  return { name = name, columns = was[1], last = tonumber(was[2]), row = tonumber(was[3]),
    minutes_from = tonumber(was[4]), rows_from = was[5] and tonumber(was[5]) or nil }
end

-- The longer rows from the one of the last minute written to that of `minute`, were `states` to follow it.
local function rows_since(history, layout, states, minute)
  local first, last = math.floor(history.last / history.row), math.floor(minute / history.row)
  local begin = math.max(first * history.row, history.minutes_from)
  local minutes = redis.call('GETRANGE', key('history-minutes:' .. history.name),
    (begin - history.minutes_from) * layout.minute, (history.last + 1 - history.minutes_from) * layout.minute - 1)
  local in_first = (first + 1) * history.row - history.last - 1
  local rows = { roll_up(minutes, string.sub(states, 1, in_first), layout) }
  local uniform = {}
  for row = first + 1, last do
    local at = in_first + (row - first - 1) * history.row
    local part = string.sub(states, at + 1, at + history.row)
    uniform[part] = uniform[part] or roll_up('', part, layout)
    rows[#rows + 1] = uniform[part]
  end
  return rows
end

-- Writes rows at `at` into a string that begins at `from` (nil: there is none). Answers where it begins now.
local function put(name, from, width, at, rows, kept, step, lives)
  local place = key(name)
  local length = from and redis.call('STRLEN', place) / width or 0
  local stop = at + #rows / width
  if from and at >= from and stop <= from + length then
    redis.call('SETRANGE', place, (at - from) * width, rows)
    return from
  end
  local grown = math.ceil(stop / step) * step
  local start = math.max(from or at, grown - kept - step)
  local old = ''
  if from and start < from + length then
    old = redis.call('GETRANGE', place, (start - from) * width, (math.min(at, from + length) - from) * width - 1)
  end
  if at < start then
    rows = string.sub(rows, (start - at) * width + 1)
    at = start
  end
  local missing = at - start - #old / width
  redis.call('SET', place, old .. string.rep('\0', missing * width) .. rows .. string.rep('\0', (grown - stop) * width),
    'PX', lives)
  return start
end

-- Drops columns of which nothing is known any more.
local function drop_empty(history, layout)
  local minutes = redis.call('GET', key('history-minutes:' .. history.name)) or ''
  local rows = redis.call('GET', key('history-rows:' .. history.name)) or ''
  local kept = {}
  local minute_at, row_at = 2, 5
  for index, kind in ipairs(layout.kinds) do
    local function known(text, from, bytes, width)
      for at = from, #text, width do
        if string.find(string.sub(text, at, at + bytes - 1), '[^%z]') then return true end
      end
      return false
    end
    if known(minutes, minute_at, kind.bytes, layout.minute) or known(rows, row_at, 3 * kind.bytes, layout.row) then
      kept[#kept + 1] = layout.letters[index] .. ' ' .. layout.names[index]
    end
    minute_at, row_at = minute_at + kind.bytes, row_at + 3 * kind.bytes
  end
  return kept
end

-- Writes a string of rows anew with other columns. `head`: bytes before the columns; `times`: codes of each.
local function rewrite(place, was, now, width, head, times, lives)
  local text = redis.call('GET', place)
  if not text then return end
  local places, at = {}, head + 1
  for index, name in ipairs(was.names) do
    places[name] = { at, at + times * was.kinds[index].bytes - 1 }
    at = at + times * was.kinds[index].bytes
  end
  local rewritten = {}
  for from = 0, #text - 1, width do
    rewritten[#rewritten + 1] = string.sub(text, from + 1, from + head)
    for index, name in ipairs(now.names) do
      local found = places[name]
      rewritten[#rewritten + 1] = found and string.sub(text, from + found[1], from + found[2])
        or string.rep('\0', times * now.kinds[index].bytes)
    end
  end
  redis.call('SET', place, table.concat(rewritten), 'PX', lives)
end

-- Brings the values into the table's order of columns, which new ones make longer.
local function align(history, columns, values, lives)
  local given, tokens = layout_of(columns), {}
  local at = 0
  for token in string.gmatch(values, '%l%d*') do
    at = at + 1
    tokens[given.names[at]] = token
  end
  local layout = layout_of(history.columns)
  local lines, known = {}, {}
  for index, name in ipairs(layout.names) do
    known[name] = layout.letters[index]
    lines[index] = layout.letters[index] .. ' ' .. name
  end
  local added = {}
  for index, name in ipairs(given.names) do
    if not known[name] then added[#added + 1] = given.letters[index] .. ' ' .. name end
  end
  if #added > 0 then
    if #lines + #added > most_columns then lines = drop_empty(history, layout) end
    for _, line in ipairs(added) do
      if #lines < most_columns then lines[#lines + 1] = line end
    end
    local widened = table.concat(lines, '\n')
    if widened ~= history.columns then
      local now = layout_of(widened)
      rewrite(key('history-minutes:' .. history.name), layout, now, layout.minute, 1, 1, lives)
      rewrite(key('history-rows:' .. history.name), layout, now, layout.row, 4, 3, lives)
      history.columns, layout = widened, now
    end
  end
  local aligned = {}
  for index, name in ipairs(layout.names) do
    local token = tokens[name]
    aligned[index] = token and string.sub(token, 1, 1) == layout.letters[index] and token or layout.letters[index]
  end
  return table.concat(aligned)
end

-- Writes one minute's row, and before it what `states_between(first, last)` says of minutes that were left
-- out. `row`: minutes of a longer row; `kept`: how many of those are kept.
local function append_history(name, minute, columns, values, state, states_between, row, kept)
  local lives = (kept * row + minutes_kept) * 60000
  local history = read_table(name)
  local meta = key('history:' .. name)
  if history and minute < history.last then return end
  if not history then
    local text = minute_row(state, values)
    local from = put('history-minutes:' .. name, nil, #text, minute, text, minutes_kept, minutes_step, lives)
    redis.call('HSET', meta, 'columns', columns, 'last', minute, 'row', row, 'minutesFrom', from)
    redis.call('PEXPIRE', meta, lives)
    return
  end
  local aligned = history.columns
  if aligned ~= columns then
    values = align(history, columns, values, lives)
    if history.columns ~= aligned then redis.call('HSET', meta, 'columns', history.columns) end
  end
  local first = history.last + 1
  local states = first < minute and states_between(first, minute - 1) or ''
  if math.floor(minute / history.row) > math.floor(history.last / history.row) then
    local layout = layout_of(history.columns)
    local rows = rows_since(history, layout, states, minute - 1)
    local at = math.floor(history.last / history.row)
    -- The one that `minute` begins in the middle of is rolled up when it is over.
    if at + #rows > math.floor(minute / history.row) then rows[#rows] = nil end
    local from = put('history-rows:' .. name, history.rows_from, layout.row, at, table.concat(rows), kept, rows_step, lives)
    if from ~= history.rows_from then redis.call('HSET', meta, 'rowsFrom', from) end
  end
  local text = minute_row(state, values)
  local width = #text
  if states ~= '' then text = bare_rows(string.sub(states, -minutes_kept), layout_of(history.columns)) .. text end
  local from = put('history-minutes:' .. name, history.minutes_from, width, minute + 1 - #text / width, text, minutes_kept,
    minutes_step, lives)
  if from == history.minutes_from then
    redis.call('HSET', meta, 'last', minute)
  else
    redis.call('HSET', meta, 'last', minute, 'minutesFrom', from)
    redis.call('PEXPIRE', meta, lives)
  end
end

-- When nobody watched since `since`, as pairs of ms; also the present time, if no tick tells of it yet.
local function blind_since(since, tick_at, now)
  local windows = {}
  for _, window in ipairs(redis.call('ZRANGEBYSCORE', key('blindness'), since, '+inf')) do
    local from, to = string.match(window, '^(%d+)-(%d+)$')
    if from then windows[#windows + 1] = { tonumber(from), tonumber(to) } end
  end
  if tick_at > 0 and now - tick_at > 1000 then windows[#windows + 1] = { tick_at, now } end
  return windows
end

-- What a server is that has not reported for too long: down. Of an app on Heroku nothing is known then, since it is the
-- poller that is silent.
local function silence_of(name)
  return string.sub(name, 1, 7) == 'heroku:' and unknown or down
end

-- States of the minutes first..last, in none of which a server was heard, from what its last heartbeat left:
-- `was` has receivedAt, due (on the observed clock, '' for none), status, byeUntil, grace (ms), silence (its state then).
-- A minute counts as up as long as its deadline had not passed at its beginning.
local function silent_minutes(first, last, was, windows, observed, now)
  local received_at = tonumber(was.received_at)
  local dead_at = math.huge
  local late = was.due ~= '' and observed - tonumber(was.due) or 0
  if late > 0 then
    -- So long ago on the observed clock; time that nobody watched, and the settling after it, comes on top.
    dead_at = now - late
    for at = #windows, 1, -1 do
      local gap = windows[at][2] - windows[at][1]
      local settling = math.min(math.max(2 * gap, 3000), 30000)
      if windows[at][2] + settling > dead_at then dead_at = dead_at - gap - settling end
    end
    dead_at = math.max(dead_at, received_at)
  end
  local stopped_from = math.huge
  if was.status == 'stopping' then stopped_from = 0
  elseif was.bye_until ~= '' then stopped_from = received_at + tonumber(was.grace) end

  local function span(from, to, state)
    return string.rep(state, math.max(0, math.min(to, last + 1) - math.max(from, first)))
  end
  local dies = math.ceil(math.min(dead_at, 60000 * (last + 1)) / 60000)
  local stops = math.min(dies, math.ceil(math.min(stopped_from, 60000 * (last + 1)) / 60000))
  local states = span(0, stops, up) .. span(stops, dies, stopped) .. span(dies, last + 1, was.silence)
  for _, window in ipairs(windows) do
    local from = math.max(first, math.ceil((window[1] - 30000) / 60000))
    local to = math.min(last + 1, math.floor((window[2] + 30000) / 60000))
    if from < to then
      states = string.sub(states, 1, from - first) .. string.rep(unwatched, to - from) .. string.sub(states, to - first + 1)
    end
  end
  return states
end

return {
  unknown = unknown, up = up,
  append = append_history,
  layout_of = layout_of, read_table = read_table, rows_since = rows_since, bare_rows = bare_rows,
  blind_since = blind_since, silence_of = silence_of, silent_minutes = silent_minutes,
}
