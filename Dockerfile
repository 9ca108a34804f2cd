# One image for every part: web, worker and the knowledge server are the same image with another command.
FROM python:3.11-slim-trixie AS build
WORKDIR /src
COPY requirements.lock requirements-dev.lock ./
COPY scripts scripts
# What others wrote first, so that a new version of ours alone is built in a minute and downloads nothing.
# What builds the wheel comes from the lock of the developers, with its hashes; none of it is in the image that runs.
RUN python -m venv /tools && bash scripts/wheel_tools.sh /tools/bin
RUN python -m venv /opt/countersign \
 && /opt/countersign/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY pyproject.toml README.md ./
COPY agent agent
COPY tools tools
COPY knowledge knowledge
COPY evals evals
COPY server server
RUN /tools/bin/python -m hatchling build -t wheel -d /wheel \
 && /opt/countersign/bin/pip install --no-cache-dir --no-deps --no-index /wheel/*.whl \
 && /opt/countersign/bin/countersign doctor --prepare

FROM python:3.11-slim-trixie
# pg_dump and pg_restore, for `countersign backup` and `restore`: of the version of the database in compose.yaml.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-17 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 countersign \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin countersign \
 && install -d -o countersign -g countersign -m 0700 /data
COPY --from=build /opt/countersign /opt/countersign
ENV PATH=/opt/countersign/bin:$PATH COUNTERSIGN_DATA_DIR=/data PYTHONUNBUFFERED=1 \
    ANONYMIZED_TELEMETRY=False ORT_DISABLE_TELEMETRY=1
USER countersign
WORKDIR /data
VOLUME /data
EXPOSE 8321
HEALTHCHECK --interval=10s --timeout=10s --start-period=30s CMD ["countersign", "health"]
CMD ["countersign", "serve", "--host", "0.0.0.0", "--port", "8321"]
