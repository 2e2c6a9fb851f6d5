# One image for the API and the worker; the locks decide every version.
FROM node:24-slim AS console
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --ignore-scripts --omit=dev
COPY web .
RUN npm run build

FROM python:3.13-slim
WORKDIR /app
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
COPY --from=console /web/dist web/dist
# The program is root's and stays as it is; what runs it owns its cache and the files of attachments alone.
RUN python -m compileall -q . \
    && useradd --system --user-group --home-dir /var/cache/wangge --create-home --shell /usr/sbin/nologin wangge \
    && install -d -o wangge -g wangge -m 700 /var/lib/wangge
USER wangge
ENV WANGGE_ATTACHMENTS_DIR=/var/lib/wangge/attachments WANGGE_STATE_DIR=/var/cache/wangge/demo WANGGE_CACHE_DIR=/var/cache/wangge/cache NUMBA_CACHE_DIR=/var/cache/wangge/numba PYTHONUNBUFFERED=1
VOLUME /var/cache/wangge /var/lib/wangge
EXPOSE 8000
ENTRYPOINT ["python", "main.py"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
