package io.atoll.nfs4.wire;

/**
 * The numbers of the attributes that are supported (RFC 8881, section 5.6 to 5.8 and table 4; of
 * NFSv4.0, RFC 7530, section 5.6 to 5.8), and the sets that they form. What isn't here is not
 * supported: ACLs, pNFS, retention, named attributes.
 */
public final class Attribute {
  public static final int SUPPORTED_ATTRS = 0;
  public static final int TYPE = 1;
  public static final int FH_EXPIRE_TYPE = 2;
  public static final int CHANGE = 3;
  public static final int SIZE = 4;
  public static final int LINK_SUPPORT = 5;
  public static final int SYMLINK_SUPPORT = 6;
  public static final int NAMED_ATTR = 7;
  public static final int FSID = 8;
  public static final int UNIQUE_HANDLES = 9;
  public static final int LEASE_TIME = 10;
  public static final int RDATTR_ERROR = 11;
  public static final int CANSETTIME = 15;
  public static final int CASE_INSENSITIVE = 16;
  public static final int CASE_PRESERVING = 17;
  public static final int CHOWN_RESTRICTED = 18;
  public static final int FILEHANDLE = 19;
  public static final int FILEID = 20;
  public static final int FILES_AVAIL = 21;
  public static final int FILES_FREE = 22;
  public static final int FILES_TOTAL = 23;
  public static final int HOMOGENEOUS = 26;
  public static final int MAXFILESIZE = 27;
  public static final int MAXLINK = 28;
  public static final int MAXNAME = 29;
  public static final int MAXREAD = 30;
  public static final int MAXWRITE = 31;
  public static final int MODE = 33;
  public static final int NO_TRUNC = 34;
  public static final int NUMLINKS = 35;
  public static final int OWNER = 36;
  public static final int OWNER_GROUP = 37;
  public static final int QUOTA_AVAIL_HARD = 38;
  public static final int QUOTA_AVAIL_SOFT = 39;
  public static final int QUOTA_USED = 40;
  public static final int RAWDEV = 41;
  public static final int SPACE_AVAIL = 42;
  public static final int SPACE_FREE = 43;
  public static final int SPACE_TOTAL = 44;
  public static final int SPACE_USED = 45;
  public static final int TIME_ACCESS = 47;
  public static final int TIME_ACCESS_SET = 48;
  public static final int TIME_CREATE = 50;
  public static final int TIME_DELTA = 51;
  public static final int TIME_METADATA = 52;
  public static final int TIME_MODIFY = 53;
  public static final int TIME_MODIFY_SET = 54;
  public static final int MOUNTED_ON_FILEID = 55;
  public static final int MODE_SET_MASKED = 74;
  public static final int SUPPATTR_EXCLCREAT = 75;

  /** May be set and not got. */
  public static final Bitmap4 WRITE_ONLY =
      Bitmap4.of(TIME_ACCESS_SET, TIME_MODIFY_SET, MODE_SET_MASKED);

  /** May be set. */
  public static final Bitmap4 SETTABLE =
      Bitmap4.of(
          SIZE,
          MODE,
          OWNER,
          OWNER_GROUP,
          TIME_ACCESS_SET,
          TIME_CREATE,
          TIME_MODIFY_SET,
          MODE_SET_MASKED);

  /** Come from the file system's statistics. */
  public static final Bitmap4 STATISTICS =
      Bitmap4.of(
          FILES_AVAIL,
          FILES_FREE,
          FILES_TOTAL,
          QUOTA_AVAIL_HARD,
          QUOTA_AVAIL_SOFT,
          QUOTA_USED,
          SPACE_AVAIL,
          SPACE_FREE,
          SPACE_TOTAL);

  public static final Bitmap4 SUPPORTED =
      Bitmap4.of(
          SUPPORTED_ATTRS,
          TYPE,
          FH_EXPIRE_TYPE,
          CHANGE,
          SIZE,
          LINK_SUPPORT,
          SYMLINK_SUPPORT,
          NAMED_ATTR,
          FSID,
          UNIQUE_HANDLES,
          LEASE_TIME,
          RDATTR_ERROR,
          CANSETTIME,
          CASE_INSENSITIVE,
          CASE_PRESERVING,
          CHOWN_RESTRICTED,
          FILEHANDLE,
          FILEID,
          FILES_AVAIL,
          FILES_FREE,
          FILES_TOTAL,
          HOMOGENEOUS,
          MAXFILESIZE,
          MAXLINK,
          MAXNAME,
          MAXREAD,
          MAXWRITE,
          MODE,
          NO_TRUNC,
          NUMLINKS,
          OWNER,
          OWNER_GROUP,
          QUOTA_AVAIL_HARD,
          QUOTA_AVAIL_SOFT,
          QUOTA_USED,
          RAWDEV,
          SPACE_AVAIL,
          SPACE_FREE,
          SPACE_TOTAL,
          SPACE_USED,
          TIME_ACCESS,
          TIME_ACCESS_SET,
          TIME_CREATE,
          TIME_DELTA,
          TIME_METADATA,
          TIME_MODIFY,
          TIME_MODIFY_SET,
          MOUNTED_ON_FILEID,
          MODE_SET_MASKED,
          SUPPATTR_EXCLCREAT);

  /** Those of {@link #SUPPORTED} that NFSv4.0 has: RFC 7530's last is mounted_on_fileid. */
  public static final Bitmap4 SUPPORTED_40 = new Bitmap4(SUPPORTED.low(), 0, false);

  /** What READDIR knows of an entry without a look at the object. */
  public static final Bitmap4 KNOWN_BY_ENTRY = Bitmap4.of(RDATTR_ERROR, FILEID, MOUNTED_ON_FILEID);

  private Attribute() {}

  /** Those that a minor version supports. */
  public static Bitmap4 supportedBy(int minorVersion) {
    return minorVersion == 0 ? SUPPORTED_40 : SUPPORTED;
  }
}
