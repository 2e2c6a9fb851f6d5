# One image for the API and the worker; the lock decides every version.
FROM python:3.13-slim
WORKDIR /app
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/*
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN adduser --system --group --home /var/cache/wangge wangge && chown -R wangge:wangge /var/cache/wangge
USER wangge
EXPOSE 8000
ENTRYPOINT ["python", "main.py"]
CMD ["serve", "--host", "0.0.0.0"]
