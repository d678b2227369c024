# The dashboard as a container: non-root, fit for a read-only file system, settings mounted and never built in.
# How to run it: docs/sharing.md.
#
# The tag names the Python that all tests run with and the Debian below it, whose security fixes come with a rebuild
# (`docker build --pull`). The same bytes every time: --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:…
# (docs/sharing.md says where the digest is from).
ARG PYTHON_IMAGE=python:3.11-slim-bookworm
FROM ${PYTHON_IMAGE} AS build
WORKDIR /app
COPY requirements.lock requirements-build.lock ./
COPY plotly_basic plotly_basic
# Everything is what the locks say, byte by byte; what installs and builds stays out of the program's Python. uv needs
# seconds where pip needs a minute; pip is for who has an index in PIP_INDEX_URL, where uv does not look.
RUN python -m venv --without-pip .venv \
    && pip="python -m pip --no-cache-dir --disable-pip-version-check" \
    && locked="--require-hashes --only-binary :all: -r" \
    && $pip install $locked requirements-build.lock \
    && uv="uv pip install --no-cache --system-certs --compile-bytecode --python .venv/bin/python" \
    && { $uv $locked requirements.lock \
        || $pip --python .venv/bin/python install $locked requirements.lock; } \
    && $pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheels ./plotly_basic \
    && $pip --python .venv/bin/python install --no-deps --no-index /tmp/wheels/*.whl \
    && rm -r plotly_basic
COPY app.py ./
COPY .streamlit/config.toml .streamlit/config.toml
COPY dashboard dashboard
COPY modelarts_api modelarts_api
COPY modelarts_local modelarts_local
COPY pages pages
COPY deploy/healthcheck.py deploy/healthcheck.py
RUN .venv/bin/python -m compileall -q app.py dashboard deploy modelarts_api modelarts_local pages

FROM ${PYTHON_IMAGE}
# Nothing that installs or builds is left: the base image's site-packages holds pip and its like only.
RUN rm -rf /usr/local/lib/python3.*/site-packages/* /usr/local/lib/python3.*/ensurepip /usr/local/bin/pip*
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    HOME=/tmp \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    STREAMLIT_SERVER_PORT=8501 \
    STREAMLIT_SECRETS_FILES=/run/secrets/secrets.toml \
    STREAMLIT_SERVER_FILE_WATCHER_TYPE=none
USER 10001:10001
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["streamlit", "run", "app.py"]
