"""Reads streams that fail with PyPI's grpcio and openai: `peer.py ADDRESS`.

Prints one JSON object a case: what an application gets to see.
"""

import json
import sys

import grpc
import openai
from google.protobuf.wrappers_pb2 import StringValue

address = sys.argv[1]


def report(name, **seen):
    print(json.dumps({"case": name, **seen}), flush=True)


channel = grpc.insecure_channel(address)
for method in ("Tell", "Secret"):
    call = channel.unary_stream(
        f"/streams.v1.Words/{method}",
        request_serializer=StringValue.SerializeToString,
        response_deserializer=StringValue.FromString,
    )(StringValue(value="go"), timeout=10)
    words, code, message = [], "OK", ""
    try:
        for word in call:
            words.append(word.value)
    except grpc.RpcError as error:
        code, message = error.code().name, error.details()
    report(f"grpcio {method}", words=words, code=code, message=message)

client = openai.OpenAI(base_url=f"http://{address}/v1", api_key="none", max_retries=0)
tokens, error, message, code = [], None, None, None
try:
    stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
    for chunk in stream:
        tokens.append(chunk.choices[0].delta.content)
except Exception as caught:
    error, message, code = type(caught).__name__, str(caught), getattr(caught, "code", None)
report("openai", tokens=tokens, error=error, message=message, code=code)
