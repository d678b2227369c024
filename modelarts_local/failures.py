"""The service's failures, in the envelopes that the API references document."""

from http import HTTPStatus

from starlette.responses import JSONResponse

# One documented code for each status, for whoever asks for a failure by its status alone.
CODES = {
    400: "ModelArts.0101",
    401: "ModelArts.0203",
    403: "ModelArts.0108",
    404: "ModelArts.0015",
    429: "ModelArts.2799",
}
INTERNAL_ERROR = "ModelArts.0010"


class RefusalError(Exception):
    """A request that the service refuses: HTTP status, ModelArts code, message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self, request_id: str) -> JSONResponse:  # noqa: ARG002 - in the gateway's envelope only
        """Return the answer that says so, in the service's own envelope."""
        return JSONResponse(failure_envelope(self.code, self.message), self.status)


class GatewayRefusalError(RefusalError):
    """A request that the API gateway refuses before it reaches the service."""

    def response(self, request_id: str) -> JSONResponse:
        return JSONResponse(gateway_envelope(self.code, self.message, request_id), self.status)


class IamRefusalError(Exception):
    """A request that IAM refuses: HTTP status and message."""

    def __init__(self, status: HTTPStatus, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def response(self) -> JSONResponse:
        """Return the answer that says so, in the envelope of IAM."""
        error = {"code": int(self.status), "message": self.message, "title": self.status.phrase}
        return JSONResponse({"error": error}, self.status)


def failure_envelope(code: str, message: str) -> dict[str, object]:
    """Return the service's own envelope."""
    return {"is_success": False, "error_code": code, "error_message": message}


def gateway_envelope(code: str, message: str, request_id: str) -> dict[str, object]:
    """Return the API gateway's own envelope."""
    return {"error_code": code, "error_msg": message, "request_id": request_id}


def default_envelope(status: int) -> dict[str, object]:
    """Return an envelope for a status, with a code that is documented for it where there is one."""
    return failure_envelope(CODES.get(status, INTERNAL_ERROR), HTTPStatus(status).phrase + ".")


def unknown_path_response(request_id: str) -> JSONResponse:
    """Return the API gateway's answer to a path or method that it does not publish."""
    message = "The API does not exist or has not been published in the environment"
    return JSONResponse(gateway_envelope("APIG.0101", message, request_id), HTTPStatus.NOT_FOUND)
