# One image for the API and the worker; the lock decides every version.
FROM python:3.13-slim
WORKDIR /app
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
# The program is root's and stays as it is; what runs it owns its cache folder alone.
RUN python -m compileall -q . \
    && useradd --system --user-group --home-dir /var/cache/wangge --create-home --shell /usr/sbin/nologin wangge
USER wangge
ENV WANGGE_STATE_DIR=/var/cache/wangge/demo WANGGE_CACHE_DIR=/var/cache/wangge/cache NUMBA_CACHE_DIR=/var/cache/wangge/numba PYTHONUNBUFFERED=1
VOLUME /var/cache/wangge
EXPOSE 8000
ENTRYPOINT ["python", "main.py"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
