package io.atoll.cli;

import io.atoll.ThroughputChoice;
import io.atoll.modes.rate.ChangeVerdict;
import io.atoll.modes.rate.ChangeVerdict.Refused;
import io.atoll.modes.rate.ModeControl;
import io.atoll.modes.rate.PerformanceMode;
import io.atoll.modes.rate.ThroughputLimits;
import io.atoll.modes.rate.ThroughputMode;
import io.atoll.modes.rate.ThroughputSettings;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The options about throughput. */
final class ThroughputOptions {
  private static final long BYTES_PER_MIB = 1L << 20;

  @Option(
      names = "--throughput-mode",
      paramLabel = "bursting|provisioned|elastic",
      converter = ModeName.class,
      description =
          "How the file system's throughput is bounded, from now on. Default: elastic for a new"
              + " one; one that is there keeps its mode.")
  private ThroughputMode mode;

  @Option(
      names = "--provisioned-mibps",
      paramLabel = "N",
      converter = Mibps.class,
      description = "With --throughput-mode=provisioned: metered MiB a second.")
  private Long provisionedBytesPerSecond;

  @Option(
      names = "--performance-mode",
      paramLabel = "generalPurpose|maxIO",
      defaultValue = "generalPurpose",
      converter = PerformanceName.class,
      description = "Of a new file system, fixed from then on. Default: ${DEFAULT-VALUE}.")
  private PerformanceMode performanceMode;

  @Option(
      names = "--throughput-ceiling-mibps",
      paramLabel = "N",
      defaultValue = "3072",
      converter = Mibps.class,
      description =
          "No file system is permitted more metered MiB a second, in whatever mode. Default:"
              + " ${DEFAULT-VALUE}.")
  private Long ceilingBytesPerSecond;

  @Option(
      names = "--elastic-mibps",
      paramLabel = "N",
      converter = Mibps.class,
      description = "What elastic throughput permits, up to the ceiling. Default: the ceiling.")
  private Long elasticBytesPerSecond;

  @Option(
      names = "--throughput-change-wait-seconds",
      paramLabel = "N",
      defaultValue = "86400",
      converter = ChangeWait.class,
      description =
          "After the mode was changed or provisioned throughput lowered, how long that can't be"
              + " done again. Default: ${DEFAULT-VALUE}.")
  private Long changeWaitSeconds;

  @Option(
      names = "--remeter-seconds",
      paramLabel = "N",
      defaultValue = "3600",
      converter = Remeter.class,
      description =
          "How often the file system's size is looked at, by which bursting throughput goes."
              + " Default: ${DEFAULT-VALUE}.")
  private Integer remeterSeconds;

  /**
   * What they come to.
   *
   * @throws ParameterException if it can't be
   */
  ThroughputChoice choice(CommandLine command) {
    long ceiling = ceilingBytesPerSecond;
    long elastic = elasticBytesPerSecond == null ? ceiling : elasticBytesPerSecond;
    ThroughputLimits limits = new ThroughputLimits(ceiling, elastic, changeWaitSeconds);
    if (provisionedBytesPerSecond != null && mode != ThroughputMode.PROVISIONED) {
      throw new ParameterException(
          command, "--provisioned-mibps: only with --throughput-mode=provisioned");
    }
    if (provisionedBytesPerSecond == null && mode == ThroughputMode.PROVISIONED) {
      throw new ParameterException(
          command, "--throughput-mode=provisioned: wants --provisioned-mibps=N");
    }
    ThroughputSettings wanted =
        mode == null
            ? null
            : new ThroughputSettings(
                mode, provisionedBytesPerSecond == null ? 0 : provisionedBytesPerSecond);
    ThroughputSettings ifNew = wanted == null ? unlessAsked() : wanted;
    ChangeVerdict verdict = ModeControl.judge(performanceMode, limits, ifNew);
    if (verdict instanceof Refused refused) {
      throw new ParameterException(command, refused.message());
    }
    return new ThroughputChoice(performanceMode, ifNew, wanted, limits, remeterSeconds);
  }

  /** Elastic, so that the first use is not throttled, where that can be had. */
  private ThroughputSettings unlessAsked() {
    return performanceMode == PerformanceMode.MAX_IO
        ? ThroughputSettings.BURSTING
        : ThroughputSettings.ELASTIC;
  }

  /** Reads a throughput mode. */
  static final class ModeName implements ITypeConverter<ThroughputMode> {
    @Override
    public ThroughputMode convert(String value) {
      ThroughputMode named = ThroughputMode.ofApiName(value);
      if (named == null) {
        throw new TypeConversionException(
            "'" + value + "' is none of bursting, provisioned, elastic");
      }
      return named;
    }
  }

  /** Reads a performance mode. */
  static final class PerformanceName implements ITypeConverter<PerformanceMode> {
    @Override
    public PerformanceMode convert(String value) {
      PerformanceMode named = PerformanceMode.ofApiName(value);
      if (named == null) {
        throw new TypeConversionException("'" + value + "' is none of generalPurpose, maxIO");
      }
      return named;
    }
  }

  /** Reads a rate in MiB a second, of which there may be parts, as bytes a second. */
  static final class Mibps implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      double mibps;
      try {
        mibps = Double.parseDouble(value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'" + value + "' is not a number");
      }
      double bytes = mibps * BYTES_PER_MIB;
      if (!(bytes >= ThroughputLimits.MIN_BYTES_PER_SECOND
          && bytes <= ThroughputLimits.MAX_BYTES_PER_SECOND)) {
        throw new TypeConversionException(
            value
                + " is not between "
                + ThroughputLimits.MIN_BYTES_PER_SECOND / BYTES_PER_MIB
                + " and "
                + ThroughputLimits.MAX_BYTES_PER_SECOND / BYTES_PER_MIB
                + " MiB a second");
      }
      return (long) bytes;
    }
  }

  static long seconds(String value, long least, long most) {
    long seconds;
    try {
      seconds = Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'" + value + "' is not a whole number");
    }
    if (seconds < least || seconds > most) {
      throw new TypeConversionException(
          seconds + " is not between " + least + " and " + most + " seconds");
    }
    return seconds;
  }

  /** Reads how long a change has to wait. */
  static final class ChangeWait implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
      return seconds(value, 0, ThroughputLimits.MAX_CHANGE_WAIT_SECONDS);
    }
  }

  /** Reads how often the size is looked at. */
  static final class Remeter implements ITypeConverter<Integer> {
    private static final int MAX_SECONDS = 24 * 3600;

    @Override
    public Integer convert(String value) {
      return (int) seconds(value, 1, MAX_SECONDS);
    }
  }
}
