#!/bin/bash
# Runs one fuzzer and says in a line how far it came:  one.sh PROGRAM SECONDS FOLDER
#
# In FOLDER are the first files (seeds/NAME), those that it has found worth keeping (corpus/NAME), and the inputs that are
# findings (findings/NAME_...). `PROGRAM FILE` shows again what is wrong with one of these.

set -uo pipefail
program=$1 seconds=$2 folder=$3
name=${program##*/fuzz_}

# Some targets write each input to a file: in memory, where that is possible.
scratch=$(mktemp -d "$([[ -w /dev/shm ]] && echo /dev/shm || echo /tmp)/stack2nrrd_fuzz_XXXXXX") || exit
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$folder/corpus/$name" "$folder/findings" "$folder/logs"
log=$folder/logs/$name.log

TMPDIR=$scratch "$program" -max_total_time="$seconds" -seed=1 -timeout=10 -rss_limit_mb=2048 -malloc_limit_mb=1024 \
    -max_len=65536 -print_final_stats=1 -artifact_prefix="$folder/findings/${name}_" \
    "$folder/corpus/$name" "$folder/seeds/$name" >"$log" 2>&1
status=$?

executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
coverage=$(grep -aoE 'cov: [0-9]+ ft: [0-9]+' "$log" | tail -n 1)
{
    printf '%-16s %9s executions, %-20s' "$name" "${executions:-?}" "${coverage:-cov: ? ft: ?}"
    if ((status == 0)); then
        echo ' no finding'
    else
        echo ' FINDING'
        grep -aE 'FINDING|runtime error|ERROR: |SUMMARY|terminate called|what\(\)|Test unit written' "$log" | head -n 20
    fi
} | tee "$folder/logs/$name.line"
exit "$status"
