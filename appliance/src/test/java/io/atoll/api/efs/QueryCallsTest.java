package io.atoll.api.efs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.atoll.api.ApiAddressException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls of EC2 and STS: answered from the network, and refused in their own words. */
class QueryCallsTest {
  private static final String EC2 = "&Version=2016-11-15";
  private static final String STS = "&Version=2011-06-15";

  @TempDir Path directory;

  private ApiFixture api;
  private SignedCalls calls;

  @BeforeEach
  void start() throws ApiAddressException {
    api = new ApiFixture(directory);
    calls = new SignedCalls(api);
  }

  @AfterEach
  void stop() {
    calls.http.close();
    api.close();
  }

  private String ok(String service, String form) throws Exception {
    calls.service = service;
    HttpResponse<String> answer = calls.call("POST", "/", form);
    assertEquals(200, answer.statusCode(), answer.body());
    return answer.body();
  }

  private void refused(int status, String error, String service, String form) throws Exception {
    calls.service = service;
    HttpResponse<String> answer = calls.call("POST", "/", form);
    assertEquals(status, answer.statusCode(), answer.body());
    assertTrue(answer.body().contains("<Code>" + error + "</Code>"), answer.body());
  }

  @Test
  void subnetsAreThoseOfTheConfiguration() throws Exception {
    String a = api.control.network().inZone("us-east-1a").id();
    String b = api.control.network().inZone("us-east-1b").id();
    String all = ok("ec2", "Action=DescribeSubnets" + EC2);
    assertTrue(all.contains(a) && all.contains(b), all);
    String one = ok("ec2", "Action=DescribeSubnets&SubnetId.1=" + b + EC2);
    assertTrue(!one.contains(a) && one.contains("<availabilityZoneId>use1-az2<"), one);
    String filtered =
        ok(
            "ec2",
            "Action=DescribeSubnets&Filter.1.Name=availability-zone&Filter.1.Value.1=us-east-1a"
                + "&Filter.2.Name=vpc-id&Filter.2.Value.1="
                + api.control.network().vpcId()
                + EC2);
    assertTrue(filtered.contains(a) && !filtered.contains(b), filtered);
    refused(
        400, "InvalidSubnetID.NotFound", "ec2", "Action=DescribeSubnets&SubnetId.1=subnet-1" + EC2);
    refused(
        400,
        "InvalidParameterValue",
        "ec2",
        "Action=DescribeSubnets&Filter.1.Name=colour&Filter.1.Value.1=red" + EC2);
  }

  @Test
  void zonesAndGroupsAreTold() throws Exception {
    String zones = ok("ec2", "Action=DescribeAvailabilityZones&ZoneName.1=us-east-1b" + EC2);
    assertTrue(zones.contains("<zoneId>use1-az2<") && !zones.contains("us-east-1a<"), zones);
    refused(412, "DryRunOperation", "ec2", "Action=DescribeAvailabilityZones&DryRun=true" + EC2);
    String groups = ok("ec2", "Action=DescribeSecurityGroups&GroupName.1=default" + EC2);
    assertTrue(groups.contains("<cidrIp>127.0.0.0/8<"), groups);
    refused(400, "InvalidGroup.NotFound", "ec2", "Action=DescribeSecurityGroups&GroupId.1=x" + EC2);
    refused(400, "InvalidAction", "ec2", "Action=RunInstances" + EC2);
  }

  @Test
  void theCallerIsTheAccount() throws Exception {
    String identity = ok("sts", "Action=GetCallerIdentity" + STS);
    assertTrue(identity.contains("<Account>000000000000<"), identity);
    refused(400, "InvalidAction", "sts", "Action=AssumeRole" + STS);
    calls.secret = "wrong";
    refused(403, "SignatureDoesNotMatch", "sts", "Action=GetCallerIdentity" + STS);
    refused(403, "SignatureDoesNotMatch", "ec2", "Action=DescribeSubnets" + EC2);
    assertFalse(identity.contains("secret"));
  }
}
