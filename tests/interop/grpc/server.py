"""A printer served by PyPI's grpcio: `server.py FOLDER-OF-THE-PROTO`. Prints its port."""

import sys
import time
from concurrent import futures

import grpc

(protos,) = sys.argv[1:]
sys.path.append(protos)
messages, services = grpc.protos_and_services("printer/v1/printer.proto")
CODES = {code.value[0]: code for code in grpc.StatusCode}


class Office(services.PrinterServicer):
    def Print(self, job, context):
        own = own_metadata(context)
        end(job, context, own)
        context.send_initial_metadata(own)
        return messages.Page(text=job.text, number=1)

    def Copy(self, job, context):
        own = own_metadata(context)
        if not job.code:
            context.send_initial_metadata(own)
        for number in range(1, job.copies + 1):
            yield messages.Page(text=job.text, number=number)
        end(job, context, own)

    def Chat(self, jobs, context):
        for job in jobs:
            end(job, context, ())
            yield messages.Page(text=job.text, number=1)


def own_metadata(context):
    return tuple((name, value) for name, value in context.invocation_metadata() if name.startswith("x-"))


def end(job, context, own):
    if job.delay_ms:
        time.sleep(job.delay_ms / 1000)
    if job.code:
        details = (("grpc-status-details-bin", job.details),) if job.details else ()
        context.set_trailing_metadata(own + details)
        context.abort(CODES[job.code], job.message)


server = grpc.server(futures.ThreadPoolExecutor(16))
services.add_PrinterServicer_to_server(Office(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
server.wait_for_termination()
