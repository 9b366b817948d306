# Everything that ./run and ./test need, made when missing. Sourced by both from the project's folder:
#   setup run     what the program needs            setup test    also what the checks and tests need
# A second call finds everything there and takes a second.
# shellcheck shell=bash

export PYTHONUTF8=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_NO_PROGRESS=1
# Containers often set it; every process would compile all the libraries again, for 4 s.
unset PYTHONDONTWRITEBYTECODE

say() { # say 中文 English
    if [ "${WANGGE_LANG:-zh}" = en ]; then printf '%s\n' "$2"; else printf '%s\n' "$1"; fi
}

step() { # a heading
    local bold='' plain=''
    if [ -t 1 ]; then bold=$'\033[1m' plain=$'\033[0m'; fi
    printf '\n%s== %s%s\n' "$bold" "$(say "$1" "$2")" "$plain"
}

give_up() {
    say "$@" >&2
    exit 2
}

# --- what Debian's packages give ---------------------------------------------------------------------------------

postgres_version() { # the PostgreSQL of this release of Debian or Ubuntu
    # shellcheck source=/dev/null
    case "$(. /etc/os-release && echo "$ID-$VERSION_ID")" in
    debian-13) echo 17 ;;
    ubuntu-24.04) echo 16 ;;
    *) echo 15 ;;
    esac
}

has_venv() { python3 -c 'import ensurepip, venv' 2>/dev/null; }
has_python_311() { python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
has_certificates() { [ -e /etc/ssl/certs/ca-certificates.crt ]; }
has_chinese_font() { compgen -G '/usr/share/fonts/*/*/NotoSansCJK*' >/dev/null || [ -n "$(fc-list :lang=zh 2>/dev/null)" ]; }
has_libatomic() { compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null; } # what drives Chromium is linked to it
has_chromium() { command -v chromium-headless-shell >/dev/null || command -v chromium >/dev/null; }
has_postgis() {
    local bin version
    for bin in /usr/lib/postgresql/*/bin; do
        version=$(basename "$(dirname "$bin")")
        if [ -x "$bin/pg_ctl" ] && [ "$version" -ge 15 ] &&
            [ -e "/usr/share/postgresql/$version/extension/postgis.control" ]; then return 0; fi
    done
    return 1
}

missing_packages() { # missing_packages run|test: one a line
    has_python_311 || echo python3
    has_venv || echo python3-venv
    has_certificates || echo ca-certificates
    has_chinese_font || echo fonts-noto-cjk
    if [ "$1" = test ] || [ -z "${DATABASE_URL:-}" ]; then
        has_postgis || printf '%s\n' "postgresql-$(postgres_version)" "postgresql-$(postgres_version)-postgis-3"
    fi
    if [ "$1" = test ]; then
        has_chromium || echo chromium-headless-shell
        has_libatomic || echo libatomic1
    fi
}

# Debian's PostgreSQL makes and starts a cluster "main" on port 5432 when it is installed; ours is a private one.
NO_MAIN=/etc/postgresql-common/createcluster.d/wangge.conf

install_packages() { # as root
    export DEBIAN_FRONTEND=noninteractive
    mkdir -p "$(dirname "$NO_MAIN")"
    echo "create_main_cluster = false" >"$NO_MAIN"
    local done=0
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null; } || done=$?
    rm -f "$NO_MAIN"
    return "$done"
}

packages() { # packages run|test
    local missing
    mapfile -t missing < <(missing_packages "$1")
    [ "${#missing[@]}" -gt 0 ] || return 0
    local line="apt-get update && apt-get install -y --no-install-recommends ${missing[*]}"
    if [[ " ${missing[*]} " == *" postgresql-"* ]]; then
        line="mkdir -p ${NO_MAIN%/*} && echo 'create_main_cluster = false' > $NO_MAIN && $line"
    fi
    if [ "$(id -u)" -ne 0 ]; then
        give_up "这台机器缺少：${missing[*]}。请以 root 身份运行：
  $line
然后再运行一次。" "This machine lacks: ${missing[*]}. As root run:
  $line
and then run this again."
    fi
    command -v apt-get >/dev/null || give_up "缺少 ${missing[*]}，而这里没有 apt-get，请先安装它们。" \
        "Missing: ${missing[*]}; there is no apt-get here, please install them first."
    step "安装系统软件包：${missing[*]}" "Installing system packages: ${missing[*]}"
    install_packages "${missing[@]}" || give_up "系统软件包没有装上，原因见上。请处理后再运行，或者手工运行：
  $line" "The system packages could not be installed, see above. Mend that and run again, or run by hand:
  $line"
}

# --- the Python environment: .venv, from the locks, by hash ------------------------------------------------------

state_of() { # state_of LOCK: changes when anything that decides about the environment changes
    cat .ci/build.txt requirements.txt "$1" pyproject.toml | sha256sum
}

make_environment() { # make_environment LOCK
    if [ ! -x .venv/bin/uv ]; then
        python3 -m venv --clear .venv &&
            .venv/bin/python -m pip install --quiet --require-hashes -r .ci/build.txt || return
    fi
    rm -f .venv/made-for-*
    .venv/bin/uv pip sync --quiet --python .venv --require-hashes "$1" .ci/build.txt &&
        .venv/bin/uv pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
}

environment() { # environment run|test
    local lock=requirements.txt
    [ "$1" = run ] || lock=requirements-test.txt
    if [ "$(cat ".venv/made-for-$1" 2>/dev/null)" = "$(state_of "$lock")" ]; then return 0; fi
    step "Python 环境（$lock）" "Python environment ($lock)"
    make_environment "$lock" || give_up "Python 环境没有建成，原因见上。处理后再运行一次。" \
        "The Python environment could not be made, see above. Mend that and run again."
    state_of "$lock" >".venv/made-for-$1"
    # What serves the tests serves the program: their lock holds all of the program's.
    state_of requirements.txt >.venv/made-for-run
}

# --- all of it ----------------------------------------------------------------------------------------------------

setup() { # setup run|test
    packages "$1"
    environment "$1"
    .venv/bin/python -m maps.assets
}
