# The least CPU time and the allocations of each benchmark, and the ratio of msgen to the others. The least of several
# rounds is what a request costs when nothing else disturbs it.
/^Benchmark/ {
  name = $1; sub(/^Benchmark[A-Za-z]*\//, "", name); sub(/-[0-9]+$/, "", name)
  for (i = 2; i < NF; i++) {
    if ($(i + 1) == "cpu-ns/op" && (!(name in cpu) || $i + 0 < cpu[name])) cpu[name] = $i + 0
    if ($(i + 1) == "allocs/op") allocs[name] = $i
  }
  if (!(name in seen)) { seen[name] = 1; order[++n] = name }
}
END {
  printf "\n%-20s %-15s %12s %10s %16s\n", "request", "server", "CPU ns", "allocs", "msgen / server"
  for (i = 1; i <= n; i++) {
    split(order[i], part, "/")
    printf "%-20s %-15s %12.0f %10d %16.3f\n", part[1], part[2], cpu[order[i]], allocs[order[i]], cpu[part[1] "/msgen"] / cpu[order[i]]
  }
  valid = cpu["post-2KB/msgen"]; invalid = cpu["post-2KB-invalid/msgen"]
  if (valid > 0) printf "\nan invalid body costs %.2f of a valid one\n", invalid / valid
}
