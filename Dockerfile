# The application and the worker: one image, two commands.
FROM python:3.13-slim AS build
WORKDIR /srv
COPY requirements/runtime.txt requirements.txt
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir -r requirements.txt

FROM python:3.13-slim
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 ENVIRONMENT=production LOG_FORMAT=json DATA_DIR=/data
RUN useradd --system --uid 10001 dangjian && install -d -o dangjian /data
WORKDIR /srv
COPY --from=build /opt/venv /opt/venv
COPY app app
COPY schema schema
COPY resolvers resolvers
COPY search search
COPY media media
USER dangjian
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve", "--host", "0.0.0.0"]
