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

    def response(self) -> JSONResponse:
        return JSONResponse(failure_envelope(self.code, self.message), self.status)


def failure_envelope(code: str, message: str) -> dict[str, object]:
    """The service's own envelope."""
    return {"is_success": False, "error_code": code, "error_message": message}


def default_envelope(status: int) -> dict[str, object]:
    """An envelope for a status, with a code that is documented for it where there is one."""
    return failure_envelope(CODES.get(status, INTERNAL_ERROR), HTTPStatus(status).phrase + ".")


def unknown_path_response(request_id: str) -> JSONResponse:
    """The API gateway's answer to a path or method that it does not publish, in the gateway's envelope."""
    message = "The API does not exist or has not been published in the environment"
    return JSONResponse(
        {"error_code": "APIG.0101", "error_msg": message, "request_id": request_id},
        HTTPStatus.NOT_FOUND,
    )
