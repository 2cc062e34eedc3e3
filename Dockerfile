# One image for every application; the command says which: `fcsim serve franceconnect`, or `fcsim up` for all of them.
# BASE: any image with Python 3.11 or newer as `python3`, where another one is mirrored.
ARG BASE=python:3.13-slim-trixie

FROM ${BASE} AS build
WORKDIR /src
# What the wheel is made of, and nothing else: documents and tests do not rebuild it.
COPY pyproject.toml README.md LICENSE ./
COPY hub hub
COPY providers providers
COPY relying_party_demo relying_party_demo
COPY fixtures fixtures
RUN python3 -m venv /opt/fcsim && /opt/fcsim/bin/pip install --no-cache-dir --compile ".[postgres]"

FROM ${BASE}
RUN useradd --system --uid 10001 --create-home app && mkdir /data && chown app /data
COPY --from=build /opt/fcsim /opt/fcsim
ENV PATH=/opt/fcsim/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FCSIM_HOST=0.0.0.0 \
    FCSIM_DATA=/data
USER 10001
VOLUME /data
EXPOSE 8000 8001 8010 8020 8080
CMD ["fcsim", "up"]
