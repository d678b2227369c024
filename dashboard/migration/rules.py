"""The rules of the map: how each field of the two bodies is made, and what becomes of the rest of v1's.

docs/migration.md tells the same for people; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dashboard.migration.statements import Basis, Origin, Rule, rule

_DOCUMENTED, _SEEN, _JUDGEMENT = Basis.DOCUMENTED, Basis.SEEN, Basis.JUDGEMENT
_FIELD, _RULE, _DEFAULT, _CHOICE = Origin.FIELD, Origin.RULE, Origin.DEFAULT, Origin.CHOICE

# Metadata
NAME = rule("name", _FIELD, _DOCUMENTED, "create-algorithm",
            "The name is taken over: both APIs allow 1 to 64 letters, digits, _ and -.")  # fmt: skip
NAME_CHOSEN = rule("name-chosen", _CHOICE, _JUDGEMENT, "team", "The team chose this name.")
DESCRIPTION = rule("description", _FIELD, _DOCUMENTED, "create-algorithm",
                   "The description is taken over: both APIs allow up to 256 characters.")  # fmt: skip
DESCRIPTION_CUT = rule("description-cut", _RULE, _DOCUMENTED, "create-algorithm",
                       "The description is cut to the 256 characters that v2 allows.")  # fmt: skip
PROVENANCE = rule("provenance", _RULE, _JUDGEMENT, "ours",
                  "The day of creation is kept in the algorithm's description: v2 sets its own.")  # fmt: skip
KIND = rule("kind", _DEFAULT, _DOCUMENTED, "create-job", "An ordinary training job, which is the default.")
ALGORITHM_ID = rule("algorithm-id", _RULE, _DOCUMENTED, "create-job",
                    "The job runs the algorithm; its id is in the answer to the first request.")  # fmt: skip

# Code and engine
CODE_DIR = rule("code-dir", _FIELD, _DOCUMENTED, "create-algorithm",
                "The code directory is taken over; paths of v1 have the form that v2 expects.")  # fmt: skip
BOOT_FILE = rule("boot-file", _FIELD, _DOCUMENTED, "create-algorithm",
                 "The boot file is taken over; it has to lie in the code directory.")  # fmt: skip
CODE_CHOSEN = rule("code-chosen", _CHOICE, _JUDGEMENT, "team", "The team chose where the code is.")
CODE_FROM_COMMAND = rule("code-from-command", _RULE, _SEEN, "published-v1",
                         "The start command names the code directory behind run_train.sh.")  # fmt: skip
ENGINE_OFFERED = rule("engine-offered", _RULE, _DOCUMENTED, "connection",
                      "The connection offers an engine of this very version.")  # fmt: skip
ENGINE_SEEN = rule("engine-seen", _RULE, _SEEN, "published-v2",
                   "Published answers of v2 list this v1 version under this id.")  # fmt: skip
ENGINE_CURRENT = rule("engine-current", _RULE, _DOCUMENTED, "preset-images",
                      "The version is that of a preset image of v2, where it is the id, too.")  # fmt: skip
ENGINE_CHOSEN = rule("engine-chosen", _CHOICE, _JUDGEMENT, "team", "The team chose this engine.")
IMAGE = rule("image", _FIELD, _SEEN, "published-v2",
             "The image is taken over; examples of v2 name it without a registry.")  # fmt: skip
IMAGE_WITHOUT_HOST = rule("image-without-host", _RULE, _SEEN, "published-v2",
                          "SWR's host is taken off: examples of v2 name an image by its path.")  # fmt: skip
IMAGE_CHOSEN = rule("image-chosen", _CHOICE, _JUDGEMENT, "team", "The team chose where the image is.")
COMMAND = rule("command", _FIELD, _DOCUMENTED, "create-algorithm", "The start command is taken over.")
COMMAND_REWRITTEN = rule("command-rewritten", _RULE, _DOCUMENTED, "boot-command-help",
                         "The start command is rewritten for v2; each change is told.")  # fmt: skip
COMMAND_CHOSEN = rule("command-chosen", _CHOICE, _JUDGEMENT, "team", "The team wrote this start command.")
COMMAND_FROM_BOOT = rule("command-from-boot", _RULE, _DOCUMENTED, "boot-command-help",
                         "An image needs a start command: here Python with the boot file.")  # fmt: skip

# Parameters and environment
PARAMETER = rule("parameter", _FIELD, _DOCUMENTED, "create-algorithm",
                 "A run parameter is taken over; v2 takes its value as text.")  # fmt: skip
PARAMETER_CHOSEN = rule("parameter-chosen", _CHOICE, _JUDGEMENT, "team",
                        "The team chose the value of a parameter that was there twice.")  # fmt: skip
PARAMETER_OF_COMMAND = rule("parameter-of-command", _RULE, _SEEN, "published-v1",
                            "An argument behind run_train.sh's boot file is a run parameter.")  # fmt: skip
PARAMETER_TYPE = rule("parameter-type", _RULE, _JUDGEMENT, "ours", "The type is read from the value.")
PARAMETER_TYPE_CHOSEN = rule("parameter-type-chosen", _CHOICE, _JUDGEMENT, "team",
                             "The team chose the type of every parameter of this name.")  # fmt: skip
PARAMETER_CONSTRAINT = rule("parameter-constraint", _DEFAULT, _JUDGEMENT, "ours",
                            "As free as in v1: editable, not required, any value.")  # fmt: skip
CUSTOMIZATION = rule("customization", _RULE, _JUDGEMENT, "ours",
                     "A job of v1 could add parameters; v2 does if the algorithm says so.")  # fmt: skip
ENVIRONMENT = rule("environment", _FIELD, _DOCUMENTED, "v1-create",
                   "With one's own image, parameters are the container's environment.")  # fmt: skip
ENVIRONMENT_CHOSEN = rule("environment-chosen", _CHOICE, _JUDGEMENT, "team",
                          "The team chose this environment variable.")  # fmt: skip

# Data
INPUT = rule("input", _FIELD, _DOCUMENTED, "create-job",
             "The path becomes an input: v2 downloads it before the job starts.")  # fmt: skip
INPUT_SCHEME = rule("input-scheme", _RULE, _JUDGEMENT, "ours", "s3:// is written as obs://, v2's own form.")
INPUT_OF_COMMAND = rule("input-of-command", _RULE, _DOCUMENTED, "switching",
                        "The path that the command passes becomes an input or output.")  # fmt: skip
INPUT_NAME = rule("input-name", _RULE, _DOCUMENTED, "switching",
                  "Scripts of v1 read data_url; further sources are numbered.")  # fmt: skip
INPUT_CHOSEN = rule("input-chosen", _CHOICE, _JUDGEMENT, "team", "The team chose what replaces the dataset.")
DATA_TYPE = rule("data-type", _RULE, _DOCUMENTED, "create-algorithm",
                 "The kind of input: obs for a path, modelarts_dataset for a dataset.")  # fmt: skip
OUTPUT = rule("output", _FIELD, _DOCUMENTED, "create-job",
              "The path becomes an output: v2 uploads what the job leaves there.")  # fmt: skip
OUTPUT_NAME = rule("output-name", _RULE, _DOCUMENTED, "switching", "Scripts of v1 write to train_url.")
ACCESS_PARAMETER = rule("access-parameter", _DEFAULT, _DOCUMENTED, "sdk",
                        "The local path is passed as an argument, as v1 passed it.")  # fmt: skip
ACCESS_ENVIRONMENT = rule("access-environment", _RULE, _JUDGEMENT, "ours",
                          "The local path comes as an environment variable: "
                          "the command takes no such argument, so none is appended.")  # fmt: skip
LOG = rule("log", _FIELD, _DOCUMENTED, "create-job", "The log path is taken over.")

# Resources
FLAVOR = rule("flavor", _FIELD, _SEEN, "published-v2", "The flavor's code is taken over as its id.")
FLAVOR_OFFERED = rule("flavor-offered", _FIELD, _DOCUMENTED, "connection",
                      "The flavor's code is taken over; the connection offers this flavor.")  # fmt: skip
FLAVOR_CHOSEN = rule("flavor-chosen", _CHOICE, _JUDGEMENT, "team", "The team chose this flavor.")
FLAVOR_OF_POOL = rule("flavor-of-pool", _RULE, _DOCUMENTED, "sdk",
                      "In a dedicated pool the flavor says the number of cards; "
                      "a pool of CPUs takes none.")  # fmt: skip
NODES = rule("nodes", _FIELD, _DOCUMENTED, "create-job", "The number of workers is the number of nodes.")
NODES_CHOSEN = rule("nodes-chosen", _CHOICE, _JUDGEMENT, "team", "The team chose the number of nodes.")
ONE_NODE = rule("one-node", _DEFAULT, _DOCUMENTED, "sdk", "One node, which is the default.")
POOL = rule("pool", _FIELD, _JUDGEMENT, "ours", "The id of the resource pool is taken over.")
POOL_CHOSEN = rule("pool-chosen", _CHOICE, _JUDGEMENT, "team", "The team chose this resource pool.")
VOLUME = rule("volume", _FIELD, _DOCUMENTED, "create-job", "The NFS volume is taken over without its id.")
VOLUME_WRITABLE = rule("volume-writable", _DEFAULT, _DOCUMENTED, "v1-detail",
                       "v1's default: a volume that does not say read_only is writable.")  # fmt: skip
VOLUME_OF_NAS = rule("volume-of-nas", _FIELD, _JUDGEMENT, "ours", "The NAS share becomes an NFS volume.")
VOLUME_CHOSEN = rule("volume-chosen", _CHOICE, _JUDGEMENT, "team", "The team chose what replaces the volume.")
REQUIREMENT = rule("requirement", _RULE, _JUDGEMENT, "ours",
                   "What the algorithm needs, told from the cards and nodes; "
                   "the console filters flavors by it.")  # fmt: skip

# Fields of v1 that have no place of their own in v2
GONE_ENGINE_ID = rule("gone-engine-id", _RULE, _DOCUMENTED, "engines-call",
                      "v1's number of the engine; v2's engine_id is a text. Never copied.")  # fmt: skip
GONE_ENGINE_TYPE = rule("gone-engine-type", _RULE, _DOCUMENTED, "engines-call",
                        "v1's number of the framework; v2 has none.")  # fmt: skip
GONE_ENGINE = rule("gone-engine", _RULE, _DOCUMENTED, "create-algorithm",
                   "The image decides what runs: v2 takes an engine or an image, not both.")  # fmt: skip
GONE_ENGINE_READ = rule("gone-engine-read", _RULE, _JUDGEMENT, "ours",
                        "The version told the engine; v2's is told by its id.")  # fmt: skip
GONE_BOOT_FILE = rule("gone-boot-file", _RULE, _DOCUMENTED, "create-algorithm",
                      "With an image of one's own the start command starts the code; "
                      "v2 takes no boot file there.")  # fmt: skip
GONE_COMMAND = rule("gone-command", _RULE, _DOCUMENTED, "create-algorithm",
                    "Only images of one's own have a start command.")  # fmt: skip
GONE_SPEC_ID = rule("gone-spec-id", _RULE, _JUDGEMENT, "ours",
                    "v1's number of the flavor; no source resolves it.")  # fmt: skip
GONE_SPEC = rule("gone-spec", _RULE, _DOCUMENTED, "sdk",
                 "The pool has flavors of its own; those of the public pool do not apply.")  # fmt: skip
GONE_PART_OF_FLAVOR = rule("gone-part-of-flavor", _RULE, _JUDGEMENT, "ours",
                           "Part of the flavor: v2 tells it by the flavor's id alone.")  # fmt: skip
GONE_POOL_NAME = rule("gone-pool-name", _RULE, _DOCUMENTED, "create-job",
                      "A job names its pool by id; the name has no place.")  # fmt: skip
GONE_POOL = rule("gone-pool", _CHOICE, _JUDGEMENT, "team", "The team says that this is the public pool.")
GONE_MODEL = rule("gone-model", _RULE, _DOCUMENTED, "switching",
                  "Built-in algorithms do not exist in v2.")  # fmt: skip
GONE_NO_MODEL = rule("gone-no-model", _RULE, _SEEN, "published-v1",
                     "0 and negative numbers stand for no built-in algorithm.")  # fmt: skip
GONE_DATASET = rule("gone-dataset", _RULE, _DOCUMENTED, "datasets-ended", "The old datasets have ended.")
GONE_DATASET_NAME = rule("gone-dataset-name", _RULE, _JUDGEMENT, "ours",
                         "A dataset is told by its id; the name of its version has no place.")  # fmt: skip
GONE_VOLUME = rule("gone-volume", _RULE, _DOCUMENTED, "create-job",
                   "Jobs of v2 mount NFS, PFS and OBS, nothing of the host.")  # fmt: skip
GONE_VOLUME_ID = rule("gone-volume-id", _RULE, _DOCUMENTED, "create-job",
                      "v2 tells an NFS volume by its server and path alone.")  # fmt: skip
GONE_NAS_TYPE = rule("gone-nas-type", _RULE, _JUDGEMENT, "ours", "nfs and efs are both NFS in v2.")
GONE_CREATED = rule("gone-created", _RULE, _DOCUMENTED, "create-algorithm",
                    "v2 sets a time of creation of its own.")  # fmt: skip
GONE_REPEATED = rule("gone-repeated", _RULE, _JUDGEMENT, "ours",
                     "Says the same as another field, and shares its way.")  # fmt: skip
GONE_EMPTY = rule("gone-empty", _RULE, _JUDGEMENT, "ours", "Empty: there is nothing to carry.")
GONE_ANSWER = rule("gone-answer", _RULE, _DOCUMENTED, "v1-detail",
                   "Part of the answer, not of the configuration.")  # fmt: skip
GONE_UNKNOWN = rule("gone-unknown", _RULE, _JUDGEMENT, "ours",
                    "The API reference does not know this field; v2 has no place for it.")  # fmt: skip
GONE_UNREADABLE = rule("gone-unreadable", _RULE, _JUDGEMENT, "ours",
                       "Not of the documented type: it was not read.")  # fmt: skip
GONE_UNDECIDED = rule("gone-undecided", _RULE, _JUDGEMENT, "ours",
                      "Where it goes waits for a decision.")  # fmt: skip
GONE_DECIDED = rule("gone-decided", _CHOICE, _JUDGEMENT, "team", "The team decided against carrying it.")

NEVER_CARRIED: Final[Mapping[str, Rule]] = {
    "create_time": GONE_CREATED,
    "engine_id": GONE_ENGINE_ID,
    "engine_type": GONE_ENGINE_TYPE,
    "dataset_name": GONE_DATASET_NAME,
    "dataset_version_name": GONE_DATASET_NAME,
    **dict.fromkeys(("cpu", "core", "gpu_num", "gpu_type"), GONE_PART_OF_FLAVOR),
    "spec_id": GONE_SPEC_ID,
    "pool_name": GONE_POOL_NAME,
    "nas_type": GONE_NAS_TYPE,
}
"""Why fields of v1 go nowhere unless another rule says where they do, or why they do not."""

RULES: Final[Mapping[str, Rule]] = {
    value.code: value for value in tuple(globals().values()) if isinstance(value, Rule)
}
"""All of them, by code."""
