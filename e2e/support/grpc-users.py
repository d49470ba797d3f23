"""A gRPC server or client on the C core, without generated code: messages are bytes, made by hand as protobuf would."""
import sys
from concurrent import futures

import grpc


def text(number, value):
    return blob(number, value.encode())


def blob(number, raw):
    return bytes([number << 3 | 2, len(raw)]) + raw


def whole(number, value):
    return bytes([number << 3, value])


def status():
    # A google.rpc.Status with an ErrorInfo.
    info = text(1, "GONE") + text(2, "shop.test")
    return whole(1, 5) + text(2, "no such user") + blob(3, text(1, "type.googleapis.com/google.rpc.ErrorInfo") + blob(2, info))


def get(request, context):
    if b"missing" in request:
        context.set_trailing_metadata((("grpc-status-details-bin", status()),))
        context.abort(grpc.StatusCode.NOT_FOUND, "no such user: é")
    return text(1, "Ada") + whole(2, 36) + bytes([3 << 3 | 2, 6]) + text(1, "Kent")


def watch(request, context):
    for count in range(3):
        yield whole(1, count + 1)


def talk(requests, context):
    for request in requests:
        yield request + whole(9, 1)


def serve():
    server = grpc.server(futures.ThreadPoolExecutor(4), compression=grpc.Compression.Gzip if "gzip" in sys.argv else None)
    methods = {
        "Get": grpc.unary_unary_rpc_method_handler(get),
        "Watch": grpc.unary_stream_rpc_method_handler(watch),
        "Talk": grpc.stream_stream_rpc_method_handler(talk),
    }
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("shop.Users", methods),))
    server.add_insecure_port("127.0.0.1:" + sys.argv[2])
    server.start()
    server.wait_for_termination()


def call():
    # The proxy variables of a machine are none of its business.
    channel = grpc.insecure_channel(sys.argv[2], options=[("grpc.enable_http_proxy", 0)])
    zipped = grpc.Compression.Gzip if "gzip" in sys.argv else None
    unary = channel.unary_unary("/shop.Users/Get")
    print(unary(text(1, "ada" * 40), timeout=20, compression=zipped))
    try:
        unary(text(1, "missing"), timeout=20)
    except grpc.RpcError as error:
        print(error.code().name, error.details())
    print(list(channel.unary_stream("/shop.Users/Watch")(b"", timeout=20)))
    print(list(channel.stream_stream("/shop.Users/Talk")(iter([whole(1, 7), whole(1, 8)]), timeout=20)))
    try:
        channel.unary_unary("/shop.Users/Nothing")(b"", timeout=20)
    except grpc.RpcError as error:
        print(error.code().name)


serve() if sys.argv[1] == "serve" else call()
