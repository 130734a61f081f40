# Medians of ns/op and allocs/op for each benchmark, and the ratio of msgen to the others.
/^Benchmark/ {
  name = $1; sub(/^Benchmark[A-Za-z]*\//, "", name); sub(/-[0-9]+$/, "", name)
  for (i = 2; i < NF; i++) {
    if ($(i + 1) == "ns/op") ns[name] = ns[name] " " $i
    if ($(i + 1) == "allocs/op") allocs[name] = $i
  }
  if (!(name in seen)) { seen[name] = 1; order[++n] = name }
}
function median(list,   v, m, i, j, t) {
  m = split(list, v, " ")
  for (i = 2; i <= m; i++) for (j = i; j > 1 && v[j - 1] + 0 > v[j] + 0; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
  return v[int((m + 1) / 2)]
}
END {
  printf "\n%-20s %-15s %12s %10s %16s\n", "request", "server", "ns (median)", "allocs", "msgen / server"
  for (i = 1; i <= n; i++) {
    split(order[i], part, "/")
    own = median(ns[part[1] "/msgen"]); other = median(ns[order[i]])
    printf "%-20s %-15s %12.0f %10d %16.3f\n", part[1], part[2], other, allocs[order[i]], own / other
  }
  valid = median(ns["post-2KB/msgen"]); invalid = median(ns["post-2KB-invalid/msgen"])
  if (valid > 0) printf "\nan invalid body costs %.2f of a valid one\n", invalid / valid
}
