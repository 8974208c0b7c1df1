package io.atoll.api.query;

import io.atoll.api.aws.ApiRequest;
import io.atoll.api.aws.ApiResponse;
import io.atoll.control.service.ControlPlane;

/** Answers the calls of EC2 and STS that there are. Used on the control thread. */
public final class QueryApi {
  static final String XML_TYPE = "text/xml;charset=UTF-8";
  static final int OK = 200;
  static final int BAD_REQUEST = 400;

  private static final String STS = "sts";
  private static final String EC2 = "ec2";
  private static final String STS_VERSION = "2011-06-15";
  private static final String STS_NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/";

  private final ControlPlane control;
  private final Ec2Calls ec2;

  public QueryApi(ControlPlane control) {
    this.control = control;
    ec2 = new Ec2Calls(control);
  }

  /** The service that a call is for, by its version: what its credentials must be scoped to. */
  public static String service(ApiRequest request) {
    return QueryRequest.of(request).get("Version").equals(STS_VERSION) ? STS : EC2;
  }

  /**
   * Answers a call of a caller who is known.
   *
   * @param requestId to name the answer by
   */
  public ApiResponse handle(ApiRequest request, String requestId) {
    QueryRequest call = QueryRequest.of(request);
    if (service(request).equals(EC2)) {
      return ec2.handle(call, requestId);
    }
    if (!call.get("Action").equals("GetCallerIdentity")) {
      return error(
          STS, BAD_REQUEST, "InvalidAction", "there is no action " + call.get("Action"), requestId);
    }
    return callerIdentity(requestId);
  }

  private ApiResponse callerIdentity(String requestId) {
    String account = control.network().account();
    String arn = "arn:" + control.network().partition() + ":iam::" + account + ":root";
    byte[] body =
        Xml.document(
            "GetCallerIdentityResponse",
            STS_NAMESPACE,
            xml ->
                xml.element(
                        "GetCallerIdentityResult",
                        result ->
                            result
                                .text("Arn", arn)
                                .text("UserId", account)
                                .text("Account", account))
                    .element(
                        "ResponseMetadata", metadata -> metadata.text("RequestId", requestId)));
    return new ApiResponse(OK, XML_TYPE, null, body);
  }

  /** An error, as the service tells its own. */
  public static ApiResponse error(
      String service, int status, String code, String message, String requestId) {
    byte[] body =
        service.equals(STS)
            ? Xml.document(
                "ErrorResponse",
                STS_NAMESPACE,
                xml ->
                    xml.element(
                            "Error",
                            error ->
                                error
                                    .text("Type", "Sender")
                                    .text("Code", code)
                                    .text("Message", message))
                        .text("RequestId", requestId))
            : Xml.document(
                "Response",
                null,
                xml ->
                    xml.element(
                            "Errors",
                            errors ->
                                errors.element(
                                    "Error",
                                    error -> error.text("Code", code).text("Message", message)))
                        .text("RequestID", requestId));
    return new ApiResponse(status, XML_TYPE, code, body);
  }
}
