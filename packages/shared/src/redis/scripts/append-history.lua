-- Writes rows of one table of history, for minutes that grow.
--
-- ARGV  server, table ('' is the server's own, another's key is `server/table`), minutes of a longer row,
--       how many of those are kept, then for each minute 5:
--       minute (since 1970), state and state of the minutes left out before it (0 unknown, 1 up, 2 down,
--       3 unwatched, 4 stopped), columns, values (history.lua)
-- Returns 1, or 0 when there is no such server.
--
-- Race: a server may be forgotten meanwhile; without it nothing is written, so nothing is left behind.
-- A minute before the last one is left out; the last one itself is written anew.
local name, part, row, kept = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
if redis.call('EXISTS', key('server:' .. name)) == 0 then return 0 end
local history = name
if part ~= '' then
  history = name .. '/' .. part
  redis.call('SADD', key('history-tables:' .. name), part)
end
local append = open_history().append
for at = 5, #ARGV, 5 do
  local skipped = string.char(tonumber(ARGV[at + 2]))
  append(history, tonumber(ARGV[at]), ARGV[at + 3], ARGV[at + 4], string.char(tonumber(ARGV[at + 1])),
    function(first, last) return string.rep(skipped, last - first + 1) end, row, kept)
end
return 1
