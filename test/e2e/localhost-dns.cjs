// Names below .localhost mean this machine (RFC 6761); not every resolver knows. For --require.
const dns = require("node:dns");

const { lookup } = dns;
dns.lookup = function lookupHere(host, options, callback) {
  if (!host.endsWith(".localhost")) return lookup.call(dns, host, options, callback);
  const done = typeof options === "function" ? options : callback;
  if (options?.all) return process.nextTick(done, null, [{ address: "127.0.0.1", family: 4 }]);
  return process.nextTick(done, null, "127.0.0.1", 4);
};
