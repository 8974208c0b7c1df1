package io.atoll.control.service;

import io.atoll.control.resource.AccountPreferences;
import io.atoll.control.resource.BackupPolicy;
import io.atoll.control.resource.FileSystemPolicy;
import io.atoll.control.resource.FileSystemResource;
import io.atoll.control.resource.LifecycleConfiguration;
import io.atoll.control.resource.LifecycleConfiguration.Policy;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputMode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What is set for a file system or the account beside its life. Confined to the control thread. */
public final class Policies {
  public static final String TO_INFREQUENT_ACCESS = "TransitionToIA";
  public static final String TO_ARCHIVE = "TransitionToArchive";
  public static final String TO_PRIMARY = "TransitionToPrimaryStorageClass";

  private static final String DEFAULT_ID_TYPE = "LONG_ID";

  private final Resources resources;
  private final FileSystems fileSystems;

  Policies(Resources resources, FileSystems fileSystems) {
    this.resources = resources;
    this.fileSystems = fileSystems;
  }

  /** Sets the explicit policy. */
  public FileSystemPolicy putPolicy(String id, String policy) throws Refusal {
    FileSystemResource fileSystem = fileSystems.getAvailable(id);
    PolicyText.check(policy);
    FileSystemPolicy put = new FileSystemPolicy(fileSystem.id(), policy);
    resources.put(put);
    return put;
  }

  public FileSystemPolicy policy(String id) throws Refusal {
    FileSystemPolicy found = resources.get(FileSystemPolicy.class, fileSystems.get(id).id());
    if (found == null) {
      throw new Refusal(
          EfsError.POLICY_NOT_FOUND, "the file system " + id + " has no explicit policy");
    }
    return found;
  }

  /** Removes the explicit policy; nothing if there is none. */
  public void deletePolicy(String id) throws Refusal {
    FileSystemPolicy found =
        resources.get(FileSystemPolicy.class, fileSystems.getAvailable(id).id());
    if (found != null) {
      resources.remove(found);
    }
  }

  /** Whether it is to be backed up. */
  public boolean backup(String id) throws Refusal {
    BackupPolicy found = resources.get(BackupPolicy.class, fileSystems.get(id).id());
    if (found == null) {
      throw new Refusal(
          EfsError.POLICY_NOT_FOUND, "the file system " + id + " has no backup policy");
    }
    return found.enabled();
  }

  public void putBackup(String id, boolean enabled) throws Refusal {
    resources.put(new BackupPolicy(fileSystems.getAvailable(id).id(), enabled));
  }

  public List<Policy> lifecycle(String id) throws Refusal {
    LifecycleConfiguration found =
        resources.get(LifecycleConfiguration.class, fileSystems.get(id).id());
    return found == null ? List.of() : found.policies();
  }

  /** Replaces all policies; none clears them. */
  public void putLifecycle(String id, List<Policy> policies) throws Refusal {
    FileSystemResource fileSystem = fileSystems.getAvailable(id);
    Set<String> transitions = new HashSet<>();
    for (Policy policy : policies) {
      if (!transitions.add(policy.transition())) {
        throw Refusal.badRequest("LifecyclePolicies: " + policy.transition() + " comes twice");
      }
    }
    checkArchive(fileSystem, policies);
    LifecycleConfiguration before = resources.get(LifecycleConfiguration.class, fileSystem.id());
    if (!policies.isEmpty()) {
      resources.put(new LifecycleConfiguration(fileSystem.id(), policies));
    } else if (before != null) {
      resources.remove(before);
    }
  }

  private static void checkArchive(FileSystemResource fileSystem, List<Policy> policies)
      throws Refusal {
    int archiveDays = days(policies, TO_ARCHIVE);
    if (archiveDays < 0) {
      return;
    }
    if (fileSystem.throughputMode() != ThroughputMode.ELASTIC
        || fileSystem.performanceMode() != PerformanceMode.GENERAL_PURPOSE) {
      throw Refusal.badRequest(
          TO_ARCHIVE + ": only with ThroughputMode elastic and PerformanceMode generalPurpose");
    }
    int infrequentDays = days(policies, TO_INFREQUENT_ACCESS);
    if (infrequentDays >= archiveDays) {
      throw Refusal.badRequest(TO_ARCHIVE + " must be later than " + TO_INFREQUENT_ACCESS);
    }
  }

  /** Of {@code AFTER_7_DAYS}, 7; -1 if there is no such transition. */
  private static int days(List<Policy> policies, String transition) {
    for (Policy policy : policies) {
      if (policy.transition().equals(transition)) {
        return Integer.parseInt(policy.rule().split("_", -1)[1]);
      }
    }
    return -1;
  }

  /** How long IDs are to be, as EFS names it. */
  public String idType() {
    AccountPreferences found = resources.get(AccountPreferences.class, AccountPreferences.ID);
    return found == null ? DEFAULT_ID_TYPE : found.resourceIdType();
  }

  /** Short IDs are not given any more, as in EFS. */
  public void putIdType(String idType) throws Refusal {
    if (!idType.equals(DEFAULT_ID_TYPE)) {
      throw Refusal.badRequest(
          "ResourceIdType " + idType + ": all IDs are long (" + DEFAULT_ID_TYPE + ")");
    }
    resources.put(new AccountPreferences(idType));
  }
}
