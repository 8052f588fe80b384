-- For wrk: posts a comment with every request, each another one. After `--`: the address, "form", "forwarded" (a form
-- from another neighbourhood on the network each time, as a proxy would tell) or "json", and a mark.
local path, kind, mark
local count = 0
local threads = 0

function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init(arguments)
  path, kind, mark = arguments[1], arguments[2], arguments[3]
end

function request()
  count = count + 1
  local text = string.format("Une réponse de plus, la %d de %s %d.", count, mark, number)
  if kind == "json" then
    local body = string.format('{"text": "%s", "author": "Zoé", "email": "zoe@example.org", "title": "Un article"}', text)
    return wrk.format("POST", path, {["Content-Type"] = "application/json"}, body)
  end
  local body = "author=Zo%C3%A9&email=zoe%40example.org&comment=" .. text:gsub("[^%w]", function(letter)
    return string.format("%%%02X", letter:byte())
  end)
  local headers = {["Content-Type"] = "application/x-www-form-urlencoded"}
  if kind == "forwarded" then
    headers["X-Forwarded-For"] = string.format("%d.%d.%d.7", 11 + math.floor(count / 65536), math.floor(count / 256) % 256, count % 256)
  end
  return wrk.format("POST", path, headers, body)
end

function done(summary)
  io.write(string.format("answered %d, refused %d\n", summary.requests, summary.errors.status))
end
