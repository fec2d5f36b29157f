# A server for one exported model: onnxruntime, no TensorFlow (docs/serve.md).
#   docker build -t cotejo .
#   docker run -p 8000:8000 -v "$PWD/model.onnx:/model.onnx:ro" -e COTEJO_TOKEN=… cotejo
FROM python:3.12-slim
WORKDIR /cotejo
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY src src
COPY studies studies
COPY recipes recipes
RUN pip install --no-cache-dir -c constraints.txt '.[serve]' onnxruntime && useradd serving
USER serving
EXPOSE 8000
HEALTHCHECK CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8000/readyz')"]
ENTRYPOINT ["cotejo", "serve", "--host", "0.0.0.0"]
CMD ["/model.onnx"]
