package io.atoll;

/** placeholder */
public final class Appliance {
  private Appliance() {}

  public static Appliance start(ApplianceSettings settings) {
    return settings == null ? null : new Appliance();
  }

  public ApplianceFacts facts() {
    return null;
  }

  public void awaitFailure() {}

  public void stop() {}
}
