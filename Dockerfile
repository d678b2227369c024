# The dashboard as a container: non-root, fit for a read-only file system, settings mounted and never built in.
# How to run it: docs/sharing.md.
#
# The tag names the Python that all tests run with and the Debian below it. Debian's security fixes come with a
# rebuild (`docker build --pull`); whoever wants the same bytes every time adds a digest: python:…@sha256:….
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt ./
COPY plotly_basic plotly_basic
RUN python -m venv --without-pip .venv \
    && python -m pip --python .venv/bin/python install --no-cache-dir --disable-pip-version-check -r requirements.txt
COPY app.py ./
COPY .streamlit/config.toml .streamlit/config.toml
COPY dashboard dashboard
COPY modelarts_api modelarts_api
COPY modelarts_local modelarts_local
COPY pages pages
COPY deploy/healthcheck.py deploy/healthcheck.py
RUN .venv/bin/python -m compileall -q app.py dashboard deploy modelarts_api modelarts_local pages plotly_basic

FROM python:3.11-slim-bookworm
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
