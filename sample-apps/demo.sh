#!/bin/sh
# Five bugs that real teams have shipped, the last of them a second time in the process that is immune to it by then, and with
# PostgreSQL two outages of the database, one after another in a service under steady load: with JVM Medic the service comes
# back by itself, without it the service stays broken.

usage() {
  cat <<'EOF'
usage: sh sample-apps/demo.sh [--without-agent] [--postgres] [--only FAULTS] [--keep]

  --without-agent  the same faults with nobody to repair them
  --postgres       a real PostgreSQL server instead of H2 (comes with the build),
                   and two more faults: its sessions go silent, and it fails over
  --only FAULTS    some of them, by their names and separated by commas:
                   leak, nested-tx, dead-peer, failover, self-starve,
                   unclosed-response, lock-deadlock
  --keep           keep logs, recordings and incident folders, and say where

JAVA_HOME chooses the JDK (17 or newer), ORDERS_PORT the port of the service.
Takes three to five minutes for all of them. The exit code is 0 when every fault
was recovered or, without the agent, when every fault stayed.
EOF
}

set -u

agent=yes
postgres=no
keep=no
faults=0
only=''
while [ $# -gt 0 ]; do
  case $1 in
    --without-agent) agent=no ;;
    --postgres) postgres=yes ;;
    --only) [ $# -gt 1 ] || { usage >&2; exit 2; }; only=$2; shift ;;
    --keep) keep=yes ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
  esac
  shift
done

root=$(cd "$(dirname "$0")/.." && pwd) || exit 1
agent_jar=$root/agent/dist/target/jvm-medic-agent.jar
cli_jar=$root/attach-cli/target/jvm-medic.jar
app_jar=$root/sample-apps/orders/target/orders.jar
app_classes=$root/sample-apps/orders/target/classes
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

port=${ORDERS_PORT:-$((20000 + $$ % 20000))}
url=http://localhost:$port

START_LIMIT=90      # seconds for the service to come up
CALM_LIMIT=60       # seconds for the load to become steady
BREAK_LIMIT=15      # seconds for a bug to show
RECOVER_LIMIT=60    # seconds for a recovery
SETTLE_LIMIT=25     # seconds for what was lent to be given back
BROKEN_SHOWN=12     # seconds of each fault without an agent
ENOUGH=90           # per cent of the answers before the fault that count as recovered
RESTART_CODE=86     # how the agent asks the supervisor for a new process

# ---------------------------------------------------------------- what the reader sees

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  bold=$(printf '\033[1m') dim=$(printf '\033[2m') red=$(printf '\033[31m')
  green=$(printf '\033[32m') cyan=$(printf '\033[36m') plain=$(printf '\033[0m')
else
  bold='' dim='' red='' green='' cyan='' plain=''
fi

rule='--------------------------------------------------------------------------------'

say() { printf '%s\n' "$*"; }

die() {
  say "${red}demo: $*${plain}" >&2
  [ -s "$work/app.log" ] && tail -n 5 "$work/app.log" | cut -c 1-200 >&2
  exit 1
}

# Prints long text below a speaker's name, within 80 columns: voice NAME COLOUR TEXT
voice() {
  printf '%s\n' "$3" | fold -s -w 65 | sed 's/ *$//' | {
    name=$1
    while IFS= read -r part; do
      printf '  %s%10s | %s%s\n' "$2" "$name" "$part" "$plain"
      name=''
    done
  }
}

# bar PERCENT: ten characters
bar() {
  full=$(($1 / 10))
  [ "$full" -gt 10 ] && full=10
  drawn=''
  while [ ${#drawn} -lt "$full" ]; do drawn="$drawn#"; done
  while [ ${#drawn} -lt 10 ]; do drawn="$drawn."; done
  printf '%s' "$drawn"
}

heading() {
  say "${dim}  time  ok/s  err/s     p99  orders  quotes  reports  transfers  $1${plain}"
}

# Seconds without a single answer look alike: the first two of them are enough.
row() {
  percent=$((route_now * 100 / (route_base > 0 ? route_base : 1)))
  if [ "$ok" -gt 0 ]; then silent=0; else silent=$((silent + 1)); fi
  case $silent in
    0 | 1 | 2) ;;
    3) printf '%s   ...%s\n' "$red" "$plain"; return ;;
    *) return ;;
  esac
  if is_good; then colour=$plain; else colour=$red; fi
  printf '%s%3d:%02d %5d %6d %5dms %7d %7d %8d %10d  %s%4d%%%s\n' "$colour" \
    $((sec / 60)) $((sec % 60)) "$ok" "$err" "$p99" "$orders" "$quotes" "$reports" "$transfers" \
    "$(bar "$percent")" "$percent" "$plain"
}

# ---------------------------------------------------------------- the service and its supervisor

call() { curl -fsS -m 4 -o "$work/answer" "$@" 2>"$work/answer.err"; }

# The supervisor: starts the service, and starts it again when it ends with the code that asks for that.
supervise() {
  while :; do
    run=$(($(cat "$work/runs") + 1))
    echo "$run" >"$work/runs"
    rm -f "$work/draining"
    launch "$run"
    wait "$app"
    code=$?
    echo "$code" >"$work/exit-$run"
    if [ "$code" -ne "$RESTART_CODE" ] || [ -e "$work/stop" ]; then
      return
    fi
  done
}

launch() {
  set -- -Xmx256m "-Djava.io.tmpdir=$work/tmp" "-DORDERS_READINESS_FILE=$work/draining" \
    "-XX:StartFlightRecording=name=demo,filename=$work/orders-$1.jfr,settings=default,dumponexit=true"
  if [ "$agent" = yes ]; then
    set -- "$@" "-javaagent:$agent_jar=mode=heal,dir=$work/medic,immunity.enabled=true,restart.enabled=true,restart.readiness-file=$work/draining,restart.drain=2s,restart.halt-after=5s"
  fi
  set -- "$@" -jar "$app_jar" "--server.port=$port"
  if [ "$postgres" = yes ]; then
    set -- "$@" --spring.profiles.active=postgres "--orders.postgres.directory=$work/postgres"
  fi
  "$java" "$@" >>"$work/app.log" 2>>"$work/app.err" &
  app=$!
  echo "$app" >"$work/app.pid"
}

start_service() {
  rm -f "$work/stop" "$work/app.pid"
  # The shell has something to say about each process that was killed; the reader has seen it.
  supervise 2>/dev/null &
  supervisor=$!
  waited=0
  until call "$url/health/ready"; do
    kill -0 "$supervisor" 2>/dev/null || die "the service did not start"
    [ "$waited" -lt "$START_LIMIT" ] || die "the service did not answer within $START_LIMIT s"
    sleep 1
    waited=$((waited + 1))
  done
}

# A process that has ended but is not yet waited for still has a pid: the supervisor waits for the service, this waits for it.
stop_service() {
  [ -n "$supervisor" ] || return 0
  : >"$work/stop"
  waited=0
  while kill -0 "$supervisor" 2>/dev/null; do
    if [ -s "$work/app.pid" ]; then
      if [ "$waited" -eq 0 ]; then
        kill "$(cat "$work/app.pid")" 2>/dev/null
      elif [ "$waited" -ge "$1" ]; then
        kill -9 "$(cat "$work/app.pid")" 2>/dev/null
      fi
    fi
    sleep 1
    waited=$((waited + 1))
  done
  wait "$supervisor" 2>/dev/null
  supervisor=''
  stop_postgres
}

# A service that was halted leaves its PostgreSQL behind.
stop_postgres() {
  for pid_file in "$work"/postgres/data-*/postmaster.pid; do
    [ -s "$pid_file" ] || continue
    postmaster=$(head -n 1 "$pid_file")
    kill -QUIT "$postmaster" 2>/dev/null
    waited=0
    while kill -0 "$postmaster" 2>/dev/null && [ "$waited" -lt 5 ]; do
      sleep 1
      waited=$((waited + 1))
    done
  done
}

# ---------------------------------------------------------------- the clock: one line a second from the load generator

start_load() {
  mkfifo "$work/load"
  "$java" -Xmx96m -XX:TieredStopAtLevel=1 -cp "$app_classes" \
    io.jvmmedic.sample.orders.load.LoadGenerator --url "$url" >"$work/load" 2>"$work/load.err" &
  load=$!
  exec 3<"$work/load"
  tick
  load_started=$(($(date +%s) - sec))
}

# Skips the seconds that went by while nobody read them.
catch_up() {
  until [ "$sec" -ge $(($(date +%s) - load_started - 1)) ]; do tick; done
}

tick() {
  read -r sec ok err p99 orders quotes reports transfers <&3 || die "the load generator ended: $(cat "$work/load.err")"
  case $route in
    orders) route_now=$orders ;;
    quotes) route_now=$quotes ;;
    reports) route_now=$reports ;;
    transfers) route_now=$transfers ;;
  esac
}

# Answers are back to normal when the whole service and the route that the bug is in both are.
is_good() {
  [ $((ok * 100)) -ge $((base * ENOUGH)) ] && [ $((route_now * 100)) -ge $((route_base * ENOUGH)) ]
}

# What happened since the last tick besides answers: lines of the agent, acts of the supervisor.
others() {
  lines=$(wc -l <"$work/app.err")
  if [ "$lines" -gt "$seen" ]; then
    sed -n "$((seen + 1)),${lines}p" "$work/app.err" | sed -n 's/^\[jvm-medic\] //p' |
      while IFS= read -r line; do voice jvm-medic "$cyan" "$line"; done
    seen=$lines
  fi
  runs=$(cat "$work/runs")
  if [ "$runs" -gt "$runs_seen" ]; then
    code=$(cat "$work/exit-$runs_seen")
    voice supervisor "$bold" "the service ended with code $code, so it is started again"
    runs_seen=$runs
  fi
  kill -0 "$supervisor" 2>/dev/null || die "the service ended with code $(cat "$work/exit-$runs")"
}

# Waits for three equal, faultless seconds; they are the measure of the next fault.
calm() {
  base=0 route_base=0 equal=0 waited=0
  while [ "$equal" -lt 3 ]; do
    [ "$waited" -lt "$CALM_LIMIT" ] || die "the load does not become steady"
    tick
    waited=$((waited + 1))
    if [ "$err" -eq 0 ] && [ "$ok" -gt 0 ] && [ "$route_now" -gt 0 ] &&
      [ $((ok * 100)) -ge $((base * 97)) ] && [ $((ok * 100)) -le $((base * 103)) ]; then
      equal=$((equal + 1))
    else
      equal=0
    fi
    base=$ok route_base=$route_now
  done
}

# ---------------------------------------------------------------- one fault

# each_fault COMMAND: runs it with the five words of each fault, see below.
each_fault() {
  "$1" leak orders broke 'Connection leak' 'an expired coupon skips close()'
  "$1" nested-tx orders recovered 'Pool lock' 'each order takes a second connection'
  if [ "$postgres" = yes ]; then
    "$1" dead-peer orders never 'Dead peer' 'the network forgets all sessions, without a word'
    "$1" failover orders never 'Failover' 'the sessions stay with a server that is read-only'
  fi
  "$1" self-starve reports recovered 'Starved executor' 'reports wait for tasks queued behind them'
  "$1" unclosed-response quotes broke 'HTTP connection leak' '404 answers are never closed'
  "$1" lock-deadlock transfers broke 'Deadlock' 'accounts are locked in the order of the request'
  if [ "$agent" = yes ]; then
    "$1" lock-deadlock transfers broke 'Deadlock again' 'the same bug, where it has been suffered once'
  fi
}

is_wanted() {
  case ",$only," in
    ,, | *",$1,"*) return 0 ;;
    *) return 1 ;;
  esac
}

count() {
  if is_wanted "$1"; then faults=$((faults + 1)); fi
}

# fault NAME ROUTE OFF TITLE WHAT: switches the bug on, shows what follows and writes the verdict. OFF says when the bug is
# taken away: once it "broke" the route, where the damage stays without it, or once the route "recovered" in spite of it;
# "never" stands for what is no bug but happens to the service.
fault() {
  is_wanted "$1" || return 0
  number=$((number + 1))
  bug=$1 route=$2 off=$3 title=$4
  calm
  others
  say ''
  say "$bold[$number/$faults] $title$plain: $5"
  say ''
  heading "$route"
  row
  call -X POST "$url/bugs/$bug/on" || die "the bug $bug cannot be switched on"
  if [ "$off" = never ]; then
    voice demo "$bold" "'$bug' has happened"
    is_on=no
  else
    voice demo "$bold" "bug '$bug' is on"
    is_on=yes
  fi
  if [ "$agent" = yes ]; then healing; else suffering; fi
}

bug_off() {
  [ "$is_on" = yes ] || return 0
  call -X POST "$url/bugs/$bug/off"
  is_on=no
  voice demo "$bold" "bug '$bug' is off$1"
}

healing() {
  second=0 broke=0 back=0 good=0
  while :; do
    tick
    second=$((second + 1))
    row
    others
    if is_good; then
      good=$((good + 1))
      [ "$good" -eq 1 ] && back=$second
    else
      good=0
      [ "$broke" -eq 0 ] && broke=$second
      [ "$off" = broke ] && [ "$percent" -lt 50 ] && bug_off '; the damage stays'
    fi
    if [ "$broke" -eq 0 ]; then
      [ "$second" -ge "$BREAK_LIMIT" ] && break
    else
      [ "$good" -ge 2 ] && break
      [ $((second - broke)) -ge "$RECOVER_LIMIT" ] && break
    fi
  done
  if [ "$broke" -eq 0 ]; then
    verdict good unharmed "$percent %"
  elif [ "$good" -ge 2 ]; then
    verdict good "$((back - broke)) s" "$percent %"
  else
    verdict bad 'not' "$percent %"
    renew
    return
  fi
  bug_off ''
  settle
}

# What was lent is given back when it is no longer needed; that belongs to this fault and not into the next one.
settle() {
  waited=0 from=$((seen + 1))
  until [ "$off" != recovered ] || [ "$waited" -ge "$SETTLE_LIMIT" ] ||
    sed -n "$from,\$p" "$work/app.err" | grep -q GIVEN_BACK; do
    tick
    waited=$((waited + 1))
    others
  done
  tick
  others
}

# Half way the bug is taken away, as by a roll-back: what is lost stays lost. Only the pool lock would go with its bug, and
# come back with the next release that has it.
suffering() {
  second=0 sum=0 counted=0
  while [ "$second" -lt "$BROKEN_SHOWN" ]; do
    tick
    second=$((second + 1))
    row
    if [ "$second" -gt $((BROKEN_SHOWN / 2)) ]; then
      sum=$((sum + percent))
      counted=$((counted + 1))
    fi
    if [ "$second" -eq $((BROKEN_SHOWN / 2)) ] && [ "$bug" != nested-tx ]; then
      bug_off '; the damage stays'
    fi
  done
  percent=$((sum / counted))
  if [ "$percent" -lt "$ENOUGH" ]; then
    verdict good never "$percent %"
  else
    verdict bad 'by itself' "$percent %"
  fi
  renew
}

renew() {
  stop_service 2
  [ "$number" -lt "$faults" ] || return 0
  voice demo "$dim" 'the service is started anew for the next fault'
  start_service
  catch_up
  runs_seen=$(cat "$work/runs")
  seen=$(wc -l <"$work/app.err")
}

# verdict good|bad RECOVERED ANSWERS: did what was announced come true?
verdict() {
  if [ "$1" = bad ]; then failed=$((failed + 1)); fi
  if [ "$1" = good ] && [ "$agent" = yes ]; then colour=$green; else colour=$red; fi
  case $2 in
    not) text="NOT RECOVERED: $3 of the usual answers on $route" ;;
    never) text="STAYS BROKEN: $3 of the usual answers on $route" ;;
    unharmed) text="UNHARMED: never below $ENOUGH % of the answers before" ;;
    'by itself') text="UNEXPECTED: it came back by itself" ;;
    *) text="RECOVERED in $2: broken $broke s after the bug came, now at $3 of before" ;;
  esac
  say "  $bold$colour=> $text$plain"
  printf '  %s%-22s %-10s %15s %15s%s\n' "$colour" "$title" "$route" "$2" "$3" "$plain" >>"$work/summary"
}

# ---------------------------------------------------------------- the end

epilogue() {
  say ''
  say "$bold$rule$plain"
  printf '  %s%-22s %-10s %15s %15s%s\n' "$dim" fault route 'recovered in' answers "$plain"
  cat "$work/summary"
  [ "$agent" = yes ] || return 0

  "$jdk/bin/jcmd" "$(cat "$work/app.pid")" JFR.dump name=demo "filename=$work/orders-$(cat "$work/runs").jfr" >"$work/dump.log" ||
    die "the recording cannot be dumped: $(cat "$work/dump.log")"
  say ''
  say "${bold}What the flight recording knows$plain  (jfr print --events jvmmedic.Remediation)"
  say ''
  for recording in "$work"/orders-*.jfr; do
    "$jdk/bin/jfr" print --events jvmmedic.Remediation "$recording" >"$recording.txt" || die "$recording cannot be read"
    remediations <"$recording.txt"
  done
  for recording in "$work"/orders-*.jfr; do
    [ -s "$recording.txt" ] || continue
    say ''
    say "${bold}The report$plain  (java -jar attach-cli/target/jvm-medic.jar report $(basename "$recording"))"
    say ''
    "$java" -jar "$cli_jar" report "$recording"
  done
}

# A table out of the print-out of a recording: one line for each remedy, and below it what it changed.
remediations() {
  awk -v dim="$dim" -v plain="$plain" '
    function value(  text) {
      text = $0
      sub(/^[^=]*= /, "", text)
      gsub(/^"|"$/, "", text)
      return text
    }
    # "active=10 max=10", "active=4 max=10" is told as "active 10->4"
    function changes(before, after,  olds, news, count, i, pair, was, told) {
      count = split(before, olds, " ")
      for (i = 1; i <= count; i++) {
        split(olds[i], pair, "=")
        was[pair[1]] = pair[2]
      }
      count = split(after, news, " ")
      for (i = 1; i <= count; i++) {
        split(news[i], pair, "=")
        if (!(pair[1] in was)) return after
        if (was[pair[1]] != pair[2]) told = told (told == "" ? "" : ", ") pair[1] " " was[pair[1]] "->" pair[2]
      }
      return told
    }
    function wrap(text,  count, i, words, line) {
      count = split(text, words, " ")
      for (i = 1; i <= count; i++) {
        if (length(line) + length(words[i]) > 66) {
          print "            " dim line plain
          line = ""
        }
        line = line (line == "" ? "" : " ") words[i]
      }
      print "            " dim line plain
    }
    $1 == "startTime" { time = substr(value(), 1, 8) }
    $1 == "resource"  { resource = value() }
    $1 == "remedy"    { remedy = value() }
    $1 == "risk"      { risk = value() }
    $1 == "outcome"   { outcome = value() }
    $1 == "before"    { before = value() }
    $1 == "after"     { after = value() }
    $1 == "}" {
      printf "  %s  %-26.26s %-19.19s %-8.8s  %s\n", time, remedy, resource, risk, outcome
      wrap(changes(before, after))
    }'
}

cleanup() {
  trap '' INT TERM
  stop_service 4
  [ -n "$load" ] && kill "$load" 2>/dev/null && wait "$load" 2>/dev/null
  if [ "$keep" = yes ]; then
    say "kept: $work"
  else
    rm -rf "$work"
  fi
}

# ---------------------------------------------------------------- the whole

each_fault count
[ "$faults" -gt 0 ] || { say "demo: there is no fault called $only here; see --help" >&2; exit 2; }
command -v curl >/dev/null || { say "demo: curl is needed" >&2; exit 1; }
jdk=$("$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
[ -x "$jdk/bin/jcmd" ] || { say "demo: $java is not a JDK (there is no jcmd); set JAVA_HOME to one" >&2; exit 1; }

build() {
  say "${dim}building $1$plain"
  (cd "$root" && mvn -q -B -Dstyle.color=never -DskipTests -pl "$1" -am package) || { say 'demo: the build failed' >&2; exit 1; }
}
if [ "$agent" = yes ]; then
  if [ ! -f "$agent_jar" ] || [ ! -f "$cli_jar" ] || [ ! -f "$app_jar" ]; then
    build agent/dist,attach-cli,sample-apps/orders
  fi
elif [ ! -f "$app_jar" ]; then
  build sample-apps/orders
fi

supervisor='' load='' number=0 failed=0 is_on=no silent=0 seen=0 runs_seen=1 route=orders
work=$(mktemp -d "${TMPDIR:-/tmp}/jvm-medic-demo.XXXXXX") || exit 1
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
mkdir "$work/tmp" "$work/postgres"
: >"$work/app.err"
: >"$work/summary"
echo 0 >"$work/runs"

version=$("$java" -version 2>&1 | sed -n '1s/.*"\(.*\)".*/\1/p')
case $postgres in yes) database=PostgreSQL again=' --postgres' ;; *) database=H2 again='' ;; esac
case $agent in yes) medic='with JVM Medic' ;; *) medic='without an agent' ;; esac
say "$bold$rule$plain"
printf '%s  JVM Medic demo%s: an order service %s (JDK %s, %s)\n' "$bold" "$plain" "$medic" "$version" "$database"
say "$bold$rule$plain"
say "  A row is one second: answers, errors, the slowest of 100 answers, then the"
say "  answers of each route, and the route of the bug in per cent of before."

start_service
start_load

each_fault fault
epilogue

say ''
if [ "$failed" -gt 0 ]; then
  say "  $bold$red$failed of $faults faults did not go as announced.$plain"
  exit 1
elif [ "$agent" = yes ]; then
  say "  $bold${green}Recovered or unharmed: $faults of $faults faults.$plain"
else
  say "  ${bold}None of it heals by itself.$plain Now with the agent: sh sample-apps/demo.sh$again"
fi
