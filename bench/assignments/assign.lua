-- wrk's requests: every one a new user, with interests and a city of its own choice.
-- Arguments: a file with the request body's start, its middle parts, one a line, and a prefix of userIds.
local start, selections, cities = nil, {}, {}
local prefix, n = nil, 0

function init(args)
  local file = io.open(args[1])
  start = file:read('l')
  for city in file:read('l'):gmatch('[^|]+') do cities[#cities + 1] = city end
  for line in file:lines() do selections[#selections + 1] = line end
  file:close()
  prefix = args[2]
  wrk.method = 'POST'
  wrk.path = '/graphql'
  wrk.headers['content-type'] = 'application/json'
end

function request()
  n = n + 1
  return wrk.format(nil, nil, nil, start .. prefix .. n .. '","city":"' .. cities[n % #cities + 1] ..
    '","interests":' .. selections[n % #selections + 1] .. '}}}')
end
