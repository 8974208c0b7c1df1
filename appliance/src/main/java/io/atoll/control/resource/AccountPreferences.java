package io.atoll.control.resource;

/**
 * What the account prefers; there is at most one.
 *
 * @param resourceIdType as EFS's API names it. All IDs are long whatever it says.
 */
public record AccountPreferences(String resourceIdType) implements Resource {
  public static final String ID = "account";

  @Override
  public String id() {
    return ID;
  }
}
